import type { BatchId, RemovalRequest, TenantId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { BatchFilter, ListedBatch } from '../ports/batches.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { elementAt, refuse, succeed, upTo } from './outcomes.js'
import { garbageTokens, pagesOf } from './paging.js'
import { approvedBy, deniedBy, endedStates, freshBatch, recordOf, requestIn, submitted } from './scenarios.js'

/** Batches of so many requests each, in the order in which they were begun. */
const submitBatches = async (h: StoreHarness, tenantId: TenantId, sizes: ReadonlyArray<number>) => {
  const made: Array<{ readonly batch: BatchId; readonly requests: ReadonlyArray<RemovalRequest> }> = []
  for (const size of sizes) {
    const batch = freshBatch(h)
    const requests: Array<RemovalRequest> = []
    // Batches of the same moment have no order that anybody could foretell.
    await h.clock.advance(1)
    for (const _ of upTo(size)) requests.push(await submitted(h, { tenantId, batch }))
    made.push({ batch, requests })
  }
  return made
}

const listed = async (
  { store }: StoreHarness,
  tenantId: TenantId,
  filter: BatchFilter = {},
  size = 50,
): Promise<ReadonlyArray<ReadonlyArray<ListedBatch>>> =>
  pagesOf(page => store.batches.list(tenantId, filter, page), size)

const idsOf = (pages: ReadonlyArray<ReadonlyArray<ListedBatch>>): ReadonlyArray<BatchId> =>
  pages.flat().map(({ id }) => id)

/** What `Batches.list` promises. */
export const batchListContract = (open: OpenStore): void => {
  describe('list', () => {
    it('gives batches, the newest first, with how much they are and how they stand', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      await submitted(h, { tenantId })
      const [old, young] = await submitBatches(h, tenantId, [3, 1])
      await approvedBy(h, elementAt(old?.requests ?? [], 1), recordOf(h))

      const [batches = []] = await listed(h, tenantId)

      expect(batches).toMatchObject([
        {
          id: young?.batch,
          submittedAt: young?.requests[0]?.submittedAt,
          count: 1,
          dueAt: young?.requests[0]?.dueAt,
        },
        {
          id: old?.batch,
          submittedAt: old?.requests[0]?.submittedAt,
          count: 3,
          dueAt: old?.requests[0]?.dueAt,
        },
      ])
      expect(batches.map(({ states }) => new Map(states))).toStrictEqual([
        new Map([['pendingApproval', 1]]),
        new Map([
          ['pendingApproval', 2],
          ['approved', 1],
        ]),
      ])
    })

    it('does not bring a batch to the front that grows', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const [{ batch: old } = { batch: freshBatch(h) }] = await submitBatches(h, tenantId, [1])
      const [young] = await submitBatches(h, tenantId, [1])
      await submitted(h, { tenantId, batch: old })

      const pages = await listed(h, tenantId)

      expect(idsOf(pages)).toStrictEqual([young?.batch, old])
      expect(pages[0]?.[1]?.count).toBe(2)
    })

    it('gives nothing of another tenant, even of a batch with the same id', async () => {
      const h = await open()
      const [tenantId, elsewhere] = [h.ids.tenantId(), h.ids.tenantId()]
      const batch = freshBatch(h)
      await submitted(h, { tenantId, batch })
      await submitted(h, { tenantId: elsewhere, batch })
      await submitBatches(h, elsewhere, [1])

      const pages = await listed(h, tenantId)

      expect(pages.flat().map(({ id, count }) => [id, count])).toStrictEqual([[batch, 1]])
      expect(await listed(h, h.ids.tenantId())).toStrictEqual([[]])
    })

    it.each([1, 2, 3, 5, 6, 7])('gives all of six once, in pages of %i', async size => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const made = await submitBatches(h, tenantId, [2, 1, 3, 1, 1, 2])

      const pages = await listed(h, tenantId, {}, size)

      expect(idsOf(pages)).toStrictEqual(made.map(({ batch }) => batch).toReversed())
      expect(pages).toHaveLength(Math.ceil(6 / size))
    })

    it.each(endedStates)('finds by state those with a request that is %s', async state => {
      const h = await open()
      const [tenantId, batch] = [h.ids.tenantId(), freshBatch(h)]
      await submitBatches(h, tenantId, [2])
      await submitted(h, { tenantId, batch })
      await requestIn(h, state, { tenantId, batch })

      expect(idsOf(await listed(h, tenantId, { states: [state] }))).toStrictEqual([batch])
      expect(idsOf(await listed(h, tenantId, { states: [state, 'pendingApproval'] }))).toHaveLength(2)
    })

    it('leaves out a batch in which nothing is in those states any more, and counts all of the others', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const [done, waiting] = await submitBatches(h, tenantId, [1, 2])
      for (const request of done?.requests ?? []) await deniedBy(h, request, recordOf(h))
      await deniedBy(h, elementAt(waiting?.requests ?? [], 0), recordOf(h))

      const batches = (await listed(h, tenantId, { states: ['pendingApproval'] })).flat()

      expect(batches.map(({ id, count }) => [id, count])).toStrictEqual([[waiting?.batch, 2]])
      expect((await listed(h, tenantId)).flat().find(({ id }) => id === done?.batch)?.dueAt).toBeNull()
    })

    it.each(garbageTokens)('refuses the token %j', async after => {
      const h = await open()
      const refused = await refuse(h.store.batches.list(h.ids.tenantId(), {}, { size: 10, after }))

      expect(refused).toStrictEqual({ _tag: 'InvalidPageToken' })
    })

    it('goes on after what was read, whatever is added', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const made = await submitBatches(h, tenantId, [1, 1, 1])
      const first = await succeed(h.store.batches.list(tenantId, {}, { size: 2, after: null }))
      await submitBatches(h, tenantId, [1])

      const { items } = await succeed(h.store.batches.list(tenantId, {}, { size: 2, after: first.next }))

      expect(items.map(({ id }) => id)).toStrictEqual([made[0]?.batch])
    })
  })
}
