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
