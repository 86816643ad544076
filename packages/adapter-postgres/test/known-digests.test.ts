import { decoded } from '@lethe/application/testing'
import { BatchId, Hash, TenantId } from '@lethe/domain'
import { expect, it } from 'vitest'
import { knownDigests } from '../src/known-digests.js'

const tenantId = decoded(TenantId, '7b0c2f3e-1a5d-4c8e-9f62-3d4e5a6b7c81')
const otherTenantId = decoded(TenantId, '486fb458-9474-4c44-896b-b30942d055f0')
const batchOf = (n: number): BatchId =>
  decoded(BatchId, `0b5f6a1e-7c1d-4f2a-9b3e-${String(n).padStart(12, '0')}`)
const counted = { count: 3, digest: decoded(Hash, 'a'.repeat(64)) }

it('a digest is remembered for a minute, for its tenant alone', () => {
  let now = 1_000
  const known = knownDigests(() => now)
  known.remember(tenantId, batchOf(1), counted)

  now += 59_999
  expect(known.of(tenantId, batchOf(1))).toEqual(counted)
  expect(known.of(otherTenantId, batchOf(1))).toBeUndefined()
  now += 2
  expect(known.of(tenantId, batchOf(1))).toBeUndefined()
})

it('no more than 256 digests are remembered', () => {
  const known = knownDigests(() => 1)
  for (let n = 0; n <= 256; n += 1) known.remember(tenantId, batchOf(n), counted)

  expect(known.of(tenantId, batchOf(0))).toBeUndefined()
  expect(known.of(tenantId, batchOf(1))).toEqual(counted)
})
