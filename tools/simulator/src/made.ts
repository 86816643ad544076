import type { RemovalRequest, StoredRequest } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** A value that was made to fit its codec: anything else is a bug of whoever made it. */
export const made = <A, O>(codec: t.Type<A, O, unknown>, value: unknown): A => {
  const decoded = codec.decode(value)
  if (E.isLeft(decoded)) throw new Error(`What was made is no ${codec.name}`)
  return decoded.right
}

/** A request as the store keeps it: whatever is done to it by hand is done to what comes out of it only. */
export const readable = (stored: StoredRequest): RemovalRequest => {
  if (stored.state === 'unreadable') throw new Error(`What is kept cannot be read: ${stored.reason}`)
  return stored
}

/** The value of what cannot fail here: the simulator's own calls meet no faults. */
export const orThrow = <A>(outcome: E.Either<unknown, A>): A => {
  if (E.isLeft(outcome)) throw new Error(`A call without faults failed: ${JSON.stringify(outcome.left)}`)
  return outcome.right
}
