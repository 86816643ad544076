import { sha256Digest } from '../src/index.js'
import { digestContract } from '@lethe/application/testing'
import { Envelope, Salt, TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { describe, expect, it } from 'vitest'
import { freshIds } from './fresh-ids.js'

digestContract('SHA-256', { ids: freshIds, digest: sha256Digest })

const decoded = <A>(codec: t.Type<A, string, unknown> | t.Type<A, object, unknown>, value: unknown): A => {
  const outcome = codec.decode(value)
  if (E.isLeft(outcome)) throw new Error(`The sample is no ${codec.name}`)
  return outcome.right
}

describe('known answers, worked out elsewhere over the canonical form written by hand (RFC 8785)', () => {
  it('hashes an envelope', () => {
    // {"at":"2026-03-01T10:00:00.000Z","data":{"by":"5b0e1b1c-7f2a-4c7e-9d53-0a4f0c9b1e11","note":"\u0001\"\\€😀",
    //  "rank":1e-7,"whole":4.5,"zero":0},"previousHash":null,"requestId":"01957f6e-0000-7000-8000-000000000001",
    //  "schemaVersion":1,"sequence":1,"tenantId":"8b5d3a9e-1f2c-4b7a-a1d0-3c9e7f6b5a44","type":"removalRequested"}
    const envelope = decoded(Envelope, {
      schemaVersion: 1,
      tenantId: '8B5D3A9E-1F2C-4B7A-A1D0-3C9E7F6B5A44',
      requestId: '01957f6e-0000-7000-8000-000000000001',
      sequence: 1,
      previousHash: null,
      type: 'removalRequested',
      at: '2026-03-01T12:00:00+02:00',
      data: {
        zero: -0,
        whole: 4.5,
        rank: 0.000_000_1,
        note: '\u0001"\\\u20AC\u{1F600}',
        by: '5b0e1b1c-7f2a-4c7e-9d53-0a4f0c9b1e11',
      },
    })

    expect(sha256Digest.envelope(envelope)).toBe(
      '46bedf2e86282475ad41309df2cdc4f22c1d6878c6dfedd888b3971139e0a27a',
    )
  })

  it('commits to a person', () => {
    const salt = decoded(Salt, '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f')
    const tenantId = decoded(TenantId, '8b5d3a9e-1f2c-4b7a-a1d0-3c9e7f6b5a44')
    const userId = decoded(UserId, 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac')

    expect(sha256Digest.commitment(salt, tenantId, userId)).toBe(
      '8dbe2959436c39c4f0eede0b7dcb1742b3cd7ec945dfc4dfca357f85276514a0',
    )
  })
})
