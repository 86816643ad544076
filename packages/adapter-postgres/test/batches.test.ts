import { hash } from 'node:crypto'
import {
  decoded,
  rightOf,
  someOf,
  type StoreHarness,
  submitted,
  succeed,
  upTo,
} from '@lethe/application/testing'
import { BatchId } from '@lethe/domain'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PostgresStore } from '../src/index.js'
import { type HarnessWithDatabase, postgresHarness } from './making/harness.js'
import { openStoreOn } from './making/store.js'

let h: HarnessWithDatabase
let other: PostgresStore
beforeAll(async () => {
  h = await postgresHarness()
  other = rightOf(await openStoreOn(h.database.appUrl))
})
afterAll(async () => {
  await other.close()
  await h.close()
})

describe('the digest of a batch', () => {
  it('is the same in every process, whichever added to it', async () => {
    const [tenantId, batch] = [h.ids.tenantId(), decoded(BatchId, h.ids.tenantId())]
    const inOther: StoreHarness = { ...h, store: other }
    const ids: Array<string> = []

    for (const _ of upTo(3))
      for (const process of [h, inOther]) {
        ids.push((await submitted(process, { tenantId, batch })).id)
        const expected = hash(
          'sha256',
          ids
            .toSorted()
            .map(id => `${id}\n`)
            .join(''),
        )
        for (const { batches } of [h.store, other, h.store, other])
          expect(someOf(await succeed(batches.pending(tenantId, batch, null, 1))).digest).toBe(expected)
        for (const { batches } of [h.store, other])
          expect(someOf(await succeed(batches.summary(tenantId, batch))).digest).toBe(expected)
      }
  })
})
