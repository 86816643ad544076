import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** Makes a value of a test through its codec; throws where it is something else. */
export const decoded =
  <A>(codec: t.Decoder<unknown, A>) =>
  (value: unknown): A => {
    const result = codec.decode(value)
    if (E.isLeft(result)) throw new Error(`This is no ${codec.name}: ${JSON.stringify(value)}`)
    return result.right
  }

/** The value of a Right; throws where a test expected one. */
export const rightOf = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(`Expected a Right, got Left ${JSON.stringify(either.left)}`)
  return either.right
}

/** @throws where a test expected something to be there. */
export const present = <A>(value: A | null | undefined): A => {
  if (value === null || value === undefined) throw new Error('Expected something, got nothing')
  return value
}
