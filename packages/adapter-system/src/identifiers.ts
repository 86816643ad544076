import { randomFillSync, randomUUID } from 'node:crypto'
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
  salt: () => made(Salt, randomHex()),
}

const saltBytes = 32
const pool = Buffer.alloc(128 * saltBytes)
let used = pool.length

/** Random bytes, drawn from the generator for many salts at a time, and wiped once they are given out. */
const randomHex = (): string => {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const hex = pool.toString('hex', used, used + saltBytes)
  pool.fill(0, used, used + saltBytes)
  used += saltBytes
  return hex
}

/** What a generator made always fits its codec: anything else is a bug of the generator. */
const made = <A>(codec: t.Type<A, string, unknown>, text: string): A => {
  const decoded = codec.decode(text)
  if (E.isLeft(decoded)) throw new Error(`The generator of ${codec.name} made something else`)
  return decoded.right
}
