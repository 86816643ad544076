import { describeErrors } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** The decoded value; a test with a value that does not decode is a mistake. */
export const decoded = <A>(codec: t.Decoder<unknown, A>, value: unknown): A => {
  const result = codec.decode(value)
  if (E.isLeft(result)) throw new Error(describeErrors(result.left).join('; '))
  return result.right
}
