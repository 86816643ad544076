import { DateTime } from '@lethe/api-contract'
import { describeErrors, Instant, LocalDate } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import { type UsageMistake, usageMistake } from '../refusal.js'

type Read<A> = E.Either<UsageMistake, A>

/** Reads the options of a command. */
export const readOptions =
  <A>(codec: t.Decoder<unknown, A>) =>
  (options: unknown): Read<A> =>
    pipe(
      codec.decode(options),
      E.mapLeft(errors => usageMistake(describeErrors(errors).join('; '))),
    )

/**
 * Reads operands that are GUIDs, each once, whatever the case.
 *
 * @param what what the operands are called. A mistake names their positions, from 1, and repeats no value.
 */
export const readIds =
  <A extends string>(codec: t.Type<A, string, unknown>, what: string) =>
  (operands: ReadonlyArray<string>): Read<ReadonlyArray<A>> => {
    const read = operands.map(operand => codec.decode(operand))
    const bad = read.flatMap((id, index) => (E.isLeft(id) ? [index + 1] : []))
    if (bad.length > 0)
      return E.left(usageMistake(`Not a GUID: ${what} ${bad.join(', ')} of ${operands.length}.`))
    return E.right([...new Set(read.flatMap(id => (E.isRight(id) ? [id.right] : [])))])
  }

/** Reads the one operand that is a GUID. */
export const readId =
  <A extends string>(codec: t.Type<A, string, unknown>, what: string) =>
  (operands: ReadonlyArray<string>): Read<A> =>
    pipe(
      codec.decode(operands[0]),
      E.mapLeft(() => usageMistake(`The ${what} is not a GUID.`)),
    )

/** Reads an option that is a GUID; null where it is not given. */
export const readGuid =
  <A extends string>(codec: t.Type<A, string, unknown>, option: string) =>
  (text: string | undefined): Read<A | null> =>
    text === undefined
      ? E.right(null)
      : pipe(
          codec.decode(text),
          E.mapLeft(() => usageMistake(`${option} takes a GUID.`)),
        )

/** Reads a whole number from `least` to `most`; null where the option is not given. */
export const readWhole =
  (option: string, least: number, most?: number) =>
  (text: string | undefined): Read<number | null> => {
    if (text === undefined) return E.right(null)
    return /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= (most ?? Infinity)
      ? E.right(Number(text))
      : E.left(
          usageMistake(
            `${option} takes a whole number from ${least} ${most === undefined ? 'on' : `to ${most}`}.`,
          ),
        )
  }

/** Reads a date, as its first moment in UTC; null where the option is not given. */
export const readDate =
  (option: string) =>
  (text: string | undefined): Read<Instant | null> =>
    text === undefined
      ? E.right(null)
      : pipe(
          LocalDate.decode(text),
          E.flatMap(date => Instant.decode(`${date}T00:00:00Z`)),
          E.mapLeft(() => usageMistake(`${option} takes a date of the calendar as YYYY-MM-DD.`)),
        )

/** Reads a date, or a date-time with its offset; null where the option is not given. */
export const readDateTime =
  (option: string) =>
  (text: string | undefined): Read<Instant | null> =>
    text === undefined
      ? E.right(null)
      : pipe(
          DateTime.decode(LocalDate.is(text) ? `${text}T00:00:00Z` : text),
          E.mapLeft(() =>
            usageMistake(`${option} takes YYYY-MM-DD, or a date-time such as 2026-12-23T17:00:00Z.`),
          ),
        )
