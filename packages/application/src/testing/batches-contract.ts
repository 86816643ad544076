import type { BatchId, RemovalRequest, RemovalRequestId, TenantId } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { batchListContract } from './batch-list-contract.js'
import { batchMakingContract } from './batch-making-contract.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { someOf, succeed, upTo } from './outcomes.js'
import {
  approvedBy,
  deniedBy,
  endedStates,
  freshBatch,
  recordOf,
  requestIn,
  submissionOf,
  submitted,
} from './scenarios.js'

const batchOf = async (h: StoreHarness, count: number, homeTenantId: TenantId = h.ids.tenantId()) => {
  const tenantId = h.ids.tenantId()
  const batch = freshBatch(h)
  const requests: Array<RemovalRequest> = []
  for (const _ of upTo(count)) requests.push(await submitted(h, { tenantId, batch, homeTenantId }))
  return { tenantId, batch, requests, ids: requests.map(({ id }) => id).toSorted() }
}

const summaryOf = async ({ store }: StoreHarness, tenantId: TenantId, batch: BatchId) =>
  someOf(await succeed(store.batches.summary(tenantId, batch)))

const waitingOf = async (
  { store }: StoreHarness,
  { tenantId, batch }: { readonly tenantId: TenantId; readonly batch: BatchId },
  after: RemovalRequestId | null = null,
  limit = 100,
): Promise<ReadonlyArray<RemovalRequestId>> =>
  someOf(await succeed(store.batches.members(tenantId, batch, ['pendingApproval'], after, limit)))

/**
 * What the port `Batches` promises, and `RemovalRequests` of requests in a batch.
 *
 * @param name of the adapter.
 */
export const batchesContract = (name: string, open: OpenStore): void => {
  describe(`batches: ${name}`, () => {
    batchListContract(open)
    batchMakingContract(open)

    it('are what was submitted under one id, and nothing else', async () => {
      const h = await open()
      const { tenantId, batch, ids, requests } = await batchOf(h, 3)
      await submitted(h, { tenantId })
      await submitted(h, { tenantId, batch: freshBatch(h) })
      await submitted(h, { tenantId: h.ids.tenantId(), batch })

      expect(requests.map(request => request.batch)).toStrictEqual([batch, batch, batch])
      const summary = await summaryOf(h, tenantId, batch)
      expect(summary.count).toBe(3)
      expect(summary.sample.toSorted()).toStrictEqual(ids)
      const { items } = await succeed(
        h.store.removalRequests.list(tenantId, { batch }, { size: 10, after: null }),
      )
      expect(items.map(({ id }) => id).toSorted()).toStrictEqual(ids)
    })

    it('are nothing where there is none, or only in another tenant', async () => {
      const h = await open()
      const { batch } = await batchOf(h, 1)
      const elsewhere = h.ids.tenantId()

      expect(await succeed(h.store.batches.summary(elsewhere, batch))).toStrictEqual(O.none)
      expect(await succeed(h.store.batches.members(elsewhere, batch, ['failed'], null, 10))).toStrictEqual(
        O.none,
      )
      expect(await succeed(h.store.batches.requestFor(elsewhere, batch, h.ids.userId()))).toStrictEqual(
        O.none,
      )
    })

    it('count by state and by home tenant, most of them first', async () => {
      const h = await open()
      const { tenantId, batch, requests } = await batchOf(h, 3)
      const [home, other] = [h.ids.tenantId(), h.ids.tenantId()]
      for (const homeTenantId of [home, home, home, home, other, other])
        await submitted(h, { tenantId, batch, homeTenantId })
      for (const request of requests.slice(0, 2)) await approvedBy(h, request, recordOf(h))

      const summary = await summaryOf(h, tenantId, batch)

      expect(new Map(summary.states)).toStrictEqual(
        new Map([
          ['pendingApproval', 7],
          ['approved', 2],
        ]),
      )
      expect(summary.homeTenants.map(({ count }) => count)).toStrictEqual([4, 3, 2])
      expect(summary.homeTenants[0]).toStrictEqual({ tenantId: home, count: 4 })
      expect(summary.homeTenantCount).toBe(3)
    })

    it('are due when the first open request is, and not any more when none is open', async () => {
      const h = await open()
      const { tenantId, batch, requests } = await batchOf(h, 1)
      await h.clock.advance(3 * 86_400)
      const later = await submitted(h, { tenantId, batch })

      expect((await summaryOf(h, tenantId, batch)).dueAt).toBe(requests[0]?.dueAt)
      for (const request of requests) await deniedBy(h, request, recordOf(h))
      expect((await summaryOf(h, tenantId, batch)).dueAt).toBe(later.dueAt)
      await deniedBy(h, later, recordOf(h))
      expect((await summaryOf(h, tenantId, batch)).dueAt).toBeNull()
    })

    it('have a digest that only a new request changes', async () => {
      const h = await open()
      const { tenantId, batch, requests } = await batchOf(h, 2)
      const { digest } = await summaryOf(h, tenantId, batch)

      for (const request of requests) await approvedBy(h, request, recordOf(h))
      expect((await summaryOf(h, tenantId, batch)).digest).toBe(digest)
      await submitted(h, { tenantId, batch })

      expect((await summaryOf(h, tenantId, batch)).digest).not.toBe(digest)
    })

    it('show at most ten requests as a sample, the same each time', async () => {
      const h = await open()
      const { tenantId, batch, ids } = await batchOf(h, 14)

      const { sample } = await summaryOf(h, tenantId, batch)

      expect(sample).toHaveLength(10)
      expect(new Set(sample).size).toBe(10)
      expect(ids).toStrictEqual(expect.arrayContaining([...sample]))
      expect((await summaryOf(h, tenantId, batch)).sample).toStrictEqual(sample)
    })

    it.each([1, 2, 5, 6, 7])('give what waits for approval in ascending order, %i at a time', async limit => {
      const h = await open()
      const { tenantId, batch, ids, requests } = await batchOf(h, 6)
      const decided = requests.slice(0, 2)
      for (const request of decided) await approvedBy(h, request, recordOf(h))
      const waiting = ids.filter(id => decided.every(request => request.id !== id))

      const seen: Array<RemovalRequestId> = []
      for (;;) {
        const next = await waitingOf(h, { tenantId, batch }, seen.at(-1) ?? null, limit)
        if (next.length === 0) break
        expect(next.length).toBeLessThanOrEqual(limit)
        seen.push(...next)
      }

      expect(seen).toStrictEqual(waiting)
    })

    it.each(endedStates)('hold one request for a profile, even once it is %s', async state => {
      const h = await open()
      const [tenantId, userId, batch] = [h.ids.tenantId(), h.ids.userId(), freshBatch(h)]
      const first = await requestIn(h, state, { tenantId, userId, batch })

      const again = await succeed(
        h.store.removalRequests.submit(submissionOf(h, { tenantId, userId, batch })),
      )

      expect(again).toStrictEqual({ joined: true, request: first })
      expect(await succeed(h.store.batches.requestFor(tenantId, batch, userId))).toStrictEqual(O.some(first))
      expect((await summaryOf(h, tenantId, batch)).count).toBe(1)
      expect((await submitted(h, { tenantId, userId, batch: freshBatch(h) })).id).not.toBe(first.id)
    })

    it('do not take over an open request of another batch, or of none', async () => {
      const h = await open()
      const [tenantId, userId, batch] = [h.ids.tenantId(), h.ids.userId(), freshBatch(h)]
      const alone = await submitted(h, { tenantId, userId })

      const joined = await succeed(
        h.store.removalRequests.submit(submissionOf(h, { tenantId, userId, batch })),
      )

      expect(joined).toStrictEqual({ joined: true, request: alone })
      expect(await succeed(h.store.batches.summary(tenantId, batch))).toStrictEqual(O.none)
    })

    it('record nobody twice when all of a batch is sent twice at once', async () => {
      const h = await open()
      const [tenantId, batch] = [h.ids.tenantId(), freshBatch(h)]
      const users = upTo(20).map(() => h.ids.userId())
      const send = async () =>
        Promise.all(
          users.map(async userId =>
            succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId, userId, batch }))),
          ),
        )

      const [one, other] = await Promise.all([send(), send()])

      expect(one.map(({ request }) => request.id)).toStrictEqual(other.map(({ request }) => request.id))
      expect((await summaryOf(h, tenantId, batch)).count).toBe(20)
    })

    it('forget where somebody came from with them', async () => {
      const h = await open()
      const [tenantId, userId, batch] = [h.ids.tenantId(), h.ids.userId(), freshBatch(h)]
      await requestIn(h, 'denied', { tenantId, userId, batch })

      await succeed(h.store.subjects.erase(tenantId, userId))

      expect(await summaryOf(h, tenantId, batch)).toMatchObject({
        count: 1,
        homeTenants: [],
        homeTenantCount: 0,
      })
      expect(await succeed(h.store.batches.requestFor(tenantId, batch, userId))).toStrictEqual(O.none)
    })
  })
}
