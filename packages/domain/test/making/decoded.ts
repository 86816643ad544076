import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** Makes a value of a test through its codec; throws where the test itself is wrong. */
export const decoded =
  <A>(codec: t.Decoder<unknown, A>) =>
  (value: unknown): A => {
    const result = codec.decode(value)
    if (E.isLeft(result)) throw new Error(`The test made no ${codec.name}.`)
    return result.right
  }

/** The value of a Right; throws where a test expected one. */
export const rightOf = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(`Expected a Right, got Left ${JSON.stringify(either.left)}.`)
  return either.right
}
