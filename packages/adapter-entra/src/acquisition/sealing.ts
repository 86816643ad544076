import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { ActorReference, Instant, RemovalRequestId, TenantId } from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { SealingKey, SealingKeys } from './sealing-keys.js'

/** What a sealed text belongs to: moved to another place, or to another time, it does not open. */
export interface Belonging {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  readonly actor: ActorReference
  readonly keptAt: Instant
}

const version = 1
const nonceBytes = 12
const tagBytes = 16

/**
 * Seals a text with AES-256-GCM under a random nonce of 96 bits (NIST SP 800-38D, which allows 2^32 of them for one key).
 *
 * @returns base64url of: version and length of the key's id (a byte each), that id, nonce, tag, cipher text.
 */
export const seal = ([first]: SealingKeys, belonging: Belonging, text: string): string => {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', first.key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(associated(belonging, first))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const id = Buffer.from(first.id)
  const head = Buffer.from([version, id.length])
  return Buffer.concat([head, id, nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** @returns the text; none where its key is not among ours, it was tampered with, or it belongs elsewhere. */
export const open = (keys: SealingKeys, belonging: Belonging, sealed: string): O.Option<string> => {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes[0] !== version) return O.none
  const nonceAt = 2 + (bytes[1] ?? 0)
  const tagAt = nonceAt + nonceBytes
  const id = bytes.subarray(2, nonceAt).toString()
  const key = keys.find(known => known.id === id)
  if (key === undefined) return O.none
  return pipe(
    O.tryCatch(() => {
      const nonce = bytes.subarray(nonceAt, tagAt)
      const decipher = createDecipheriv('aes-256-gcm', key.key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(associated(belonging, key))
      decipher.setAuthTag(bytes.subarray(tagAt, tagAt + tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(tagAt + tagBytes)), decipher.final()])
    }),
    O.map(text => text.toString('utf8')),
  )
}

const associated = ({ tenantId, requestId, actor, keptAt }: Belonging, { id }: SealingKey): Buffer =>
  Buffer.from(JSON.stringify(['lethe sign-in', version, tenantId, requestId, actor, keptAt, id]))
