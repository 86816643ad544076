import { sha256Digest } from '@lethe/adapter-system'
import type { Digest } from '@lethe/application'
import type { Envelope, Hash } from '@lethe/domain'

/**
 * The real digest, which hashes the same content once only: chains are verified after every step. What it has hashed is
 * frozen, so that the very same envelope need not be read again; one with any other content is hashed anew.
 */
export const rememberingDigest = (): Digest => {
  const ofEnvelope = new WeakMap<Envelope, Hash>()
  const ofContent = new Map<string, Hash>()
  return {
    ...sha256Digest,
    envelope: envelope => {
      const known = ofEnvelope.get(envelope)
      if (known !== undefined) return known
      const content = JSON.stringify(envelope)
      const hash = ofContent.get(content) ?? sha256Digest.envelope(envelope)
      ofContent.set(content, hash)
      freeze(envelope)
      ofEnvelope.set(envelope, hash)
      return hash
    },
  }
}

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
}
