import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** A value that was made to fit its codec: anything else is a bug of whoever made it. */
export const made = <A, O>(codec: t.Type<A, O, unknown>, value: unknown): A => {
  const decoded = codec.decode(value)
  if (E.isLeft(decoded)) throw new Error(`What was made is no ${codec.name}`)
  return decoded.right
}

/** The value of what cannot fail here: the simulator's own calls meet no faults. */
export const orThrow = <A>(outcome: E.Either<unknown, A>): A => {
  if (E.isLeft(outcome)) throw new Error(`A call without faults failed: ${JSON.stringify(outcome.left)}`)
  return outcome.right
}
