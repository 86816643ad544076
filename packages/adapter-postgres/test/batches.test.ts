import { hash } from 'node:crypto'
import type { ListedBatch, Page } from '@lethe/application'
import {
  freshBatch,
  rightOf,
  someOf,
  type StoreHarness,
  submitted,
  succeed,
  upTo,
} from '@lethe/application/testing'
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
    const [tenantId, batch] = [h.ids.tenantId(), freshBatch(h)]
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
        for (const { batches } of [h.store, other])
          expect(someOf(await succeed(batches.summary(tenantId, batch))).digest).toBe(expected)
      }
  })
})

describe('the list of batches in a state', () => {
  it('looks at no more than 250 batches for a page, and says where to go on', async () => {
    const tenantId = h.ids.tenantId()
    const [old, young] = [freshBatch(h), freshBatch(h)]
    await submitted(h, { tenantId, batch: old })
    // Younger ones, in which nothing is in that state, nor in any.
    await h.database.asOwner(
      `insert into lethe.batch (tenant_id, batch_id, maker, submitted_at)
       select $1, gen_random_uuid(), gen_random_uuid(), now() + n * interval '1 second' from generate_series(1, 525) as n`,
      [tenantId],
    )
    await h.clock.advance(86_400)
    await submitted(h, { tenantId, batch: young })
    const pages: Array<Page<ListedBatch>> = []
    let after: string | null = null
    do {
      const page: Page<ListedBatch> = await succeed(
        h.store.batches.list(tenantId, { states: ['pendingApproval'] }, { size: 5, after }),
      )
      pages.push(page)
      after = page.next
    } while (after !== null)

    expect(pages.map(({ items }) => items.map(({ id }) => id))).toStrictEqual([[young], [], [old]])
  })
})
