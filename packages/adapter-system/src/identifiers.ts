import { randomUUID } from 'node:crypto'
import type { Identifiers } from '@lethe/application'
import { ActorReference, NoteReference, RemovalRequestId, Salt } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { v7 } from 'uuid'
import { randomBytesInStock } from './random-stock.js'

/** Identifiers and salts from the runtime's cryptographic generator. Request ids ascend within a process. */
export const randomIdentifiers: Identifiers = {
  requestId: () => made(RemovalRequestId, ascendingUuid()),
  actorReference: () => made(ActorReference, randomUUID()),
  noteReference: () => made(NoteReference, randomUUID()),
  salt: () => made(Salt, randomBytesInStock(32).toString('hex')),
}

let lastMilliseconds = 0
let lastSequence = 0

/**
 * A UUID of version 7 whose counter goes on within a millisecond, and while the clock is set back (RFC 9562, section 6.2,
 * method 1). Left to itself the library does the same, and asks the system for randomness each time.
 */
const ascendingUuid = (): string => {
  const random = randomBytesInStock(16)
  const now = Date.now()
  if (now > lastMilliseconds) {
    lastMilliseconds = now
    // Half of the counter is left to count with.
    lastSequence = random.readUInt32BE(0) >>> 1
  } else lastSequence += 1
  if (lastSequence > 0xff_ff_ff_ff) {
    lastMilliseconds += 1
    lastSequence = 0
  }
  return v7({ random, msecs: lastMilliseconds, seq: lastSequence })
}

/** What a generator made always fits its codec: anything else is a bug of the generator. */
const made = <A>(codec: t.Type<A, string, unknown>, text: string): A => {
  const decoded = codec.decode(text)
  if (E.isLeft(decoded)) throw new Error(`The generator of ${codec.name} made something else`)
  return decoded.right
}
