import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** What a codec makes of a value that it must take. */
export const decoded = <A>(codec: t.Decoder<unknown, A>, value: unknown): A => {
  const result = codec.decode(value)
  if (E.isLeft(result)) throw new Error(`No ${codec.name}`)
  return result.right
}
