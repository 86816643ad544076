import { Envelope, Hash, SubjectCommitment } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { Digest } from '../ports/environment.js'
import type { FreshIds } from './harness.js'
import { decoded } from './outcomes.js'

/** A digest under test. */
export interface DigestHarness {
  readonly ids: FreshIds
  readonly digest: Digest
}

/**
 * What the port `Digest` promises.
 *
 * @param name of the adapter.
 */
export const digestContract = (name: string, { ids, digest }: DigestHarness): void => {
  const plain = {
    schemaVersion: 1,
    tenantId: ids.tenantId(),
    requestId: ids.identifiers.requestId(),
    sequence: 2,
    previousHash: 'a'.repeat(64),
    type: 'approvalGiven',
    at: '2026-03-01T10:00:00.000Z',
    data: { by: ids.identifiers.actorReference(), more: { b: [1, 2], a: 'é' } },
  }
  const hashOf = (envelope: unknown): Hash => digest.envelope(decoded(Envelope, envelope))

  describe(`digest: ${name}`, () => {
    it('gives a hash, the same one each time', () => {
      expect(Hash.is(hashOf(plain))).toBe(true)
      expect(hashOf(plain)).toBe(hashOf(plain))
    })

    it('does not depend on the order of properties, at any depth', () => {
      const { data, ...rest } = plain
      const turned = { data: { more: { a: 'é', b: [1, 2] }, by: data.by }, ...reversed(rest) }

      expect(Object.keys(turned)).not.toStrictEqual(Object.keys(plain))
      expect(hashOf(turned)).toBe(hashOf(plain))
    })

    it('differs by any change', () => {
      const changed = [
        plain,
        { ...plain, schemaVersion: 2 },
        { ...plain, tenantId: ids.tenantId() },
        { ...plain, requestId: ids.identifiers.requestId() },
        { ...plain, sequence: 3 },
        { ...plain, previousHash: null },
        { ...plain, previousHash: 'b'.repeat(64) },
        { ...plain, type: 'removalWithdrawn' },
        { ...plain, at: '2026-03-01T10:00:00.001Z' },
        { ...plain, data: {} },
        { ...plain, data: { ...plain.data, added: null } },
        { ...plain, data: { ...plain.data, more: { b: [2, 1], a: 'é' } } },
        { ...plain, data: { ...plain.data, more: { b: [1, 2], a: 'e\u0301' } } },
      ]

      expect(new Set(changed.map(hashOf)).size).toBe(changed.length)
    })

    it('commits to a person, the same way each time, and differently for another salt, tenant or person', () => {
      const [salt, tenantId, userId] = [ids.identifiers.salt(), ids.tenantId(), ids.userId()]
      const commitments = [
        digest.commitment(salt, tenantId, userId),
        digest.commitment(ids.identifiers.salt(), tenantId, userId),
        digest.commitment(salt, ids.tenantId(), userId),
        digest.commitment(salt, tenantId, ids.userId()),
      ]

      expect(digest.commitment(salt, tenantId, userId)).toBe(commitments[0])
      expect(new Set(commitments).size).toBe(4)
      expect(commitments.every(commitment => SubjectCommitment.is(commitment))).toBe(true)
    })
  })
}

const reversed = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).toReversed())
