import { createHmac, hash } from 'node:crypto'
import type { Digest } from '@lethe/application'
import { Hash, SubjectCommitment } from '@lethe/domain'
import canonicalize from 'canonicalize'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/**
 * SHA-256 over the canonical JSON (RFC 8785) of a value.
 *
 * @throws where the value has no JSON form.
 */
export const hashOf = (value: object): Hash => hexOf(Hash, hash('sha256', canonical(value)))

/**
 * SHA-256 and HMAC-SHA-256 of the runtime, over canonical JSON (RFC 8785). The key of a commitment is the salt's text, 64
 * bytes of hexadecimal digits: for a key of bytes the runtime makes an object first, which takes five times as long.
 */
export const sha256Digest: Digest = {
  envelope: envelope => hashOf(envelope),
  commitment: (salt, tenantId, userId) =>
    hexOf(
      SubjectCommitment,
      createHmac('sha256', salt).update(canonical({ tenantId, userId })).digest('hex'),
    ),
}

const canonical = (value: object): string => {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('A value without a JSON form cannot be hashed')
  return text
}

const hexOf = <A>(codec: t.Type<A, string, unknown>, hex: string): A => {
  const decoded = codec.decode(hex)
  if (E.isLeft(decoded)) throw new Error(`A digest is no ${codec.name}`)
  return decoded.right
}
