import { randomBytes, randomUUID } from 'node:crypto'
import type { Identifiers } from '@lethe/application'
import { ActorReference, NoteReference, RemovalRequestId, Salt } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { v7 } from 'uuid'

/** Identifiers and salts from the runtime's cryptographic generator. Request ids ascend within a process. */
export const randomIdentifiers: Identifiers = {
  requestId: () => made(RemovalRequestId, v7()),
  actorReference: () => made(ActorReference, randomUUID()),
  noteReference: () => made(NoteReference, randomUUID()),
  salt: () => made(Salt, randomBytes(32).toString('hex')),
}

/** What a generator made always fits its codec: anything else is a bug of the generator. */
const made = <A>(codec: t.Type<A, string, unknown>, text: string): A => {
  const decoded = codec.decode(text)
  if (E.isLeft(decoded)) throw new Error(`The generator of ${codec.name} made something else`)
  return decoded.right
}
