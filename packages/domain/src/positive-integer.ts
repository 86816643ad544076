import * as t from 'io-ts'

const isPositiveInteger = (u: unknown): u is number =>
  typeof u === 'number' && Number.isSafeInteger(u) && u >= 1

/** A whole number of at least 1. */
export const PositiveInteger: t.Type<number, number, unknown> = new t.Type(
  'PositiveInteger',
  isPositiveInteger,
  (u, context) => (isPositiveInteger(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
)
