import type * as t from 'io-ts'

/**
 * Says what is wrong with a value that a codec refused: where, and what was expected there.
 *
 * The value itself is never part of the answer, because it may be personal data or a secret
 * (io-ts' own PathReporter prints it).
 *
 * @param errors what `decode` left.
 * @returns one line for each distinct mistake, such as `approval.required: expected PositiveInteger`.
 */
export const describeErrors = (errors: t.Errors): ReadonlyArray<string> => [
  ...new Set(errors.map(error => `${pathOf(error.context)}: expected ${expectedBy(error.context)}`)),
]

const pathOf = (context: t.Context): string =>
  context
    .map(entry => entry.key)
    .filter(key => key !== '' && !/^\d+$/.test(key))
    .join('.') || 'value'

const expectedBy = (context: t.Context): string => context[context.length - 1]?.type.name ?? 'another type'
