import { addSeconds, type RemovalRequestId, type TenantId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { RemovalRequestFilter } from '../ports/removal-requests.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { elementAt, refuse, succeed, upTo } from './outcomes.js'
import { garbageTokens, pagesOf } from './paging.js'
import { approvedBy, endedStates, openStates, recordOf, requestIn, submitted } from './scenarios.js'

const day = 86_400

/** What `RemovalRequests.list` promises. */
export const listContract = (open: OpenStore): void => {
  describe('list', () => {
    it('gives the newest first', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const ids = await submitMany(h, tenantId, 5)

      expect(await idsOf(h, tenantId, {}, 50)).toStrictEqual([ids.toReversed()])
    })

    it('gives nothing of another tenant', async () => {
      const h = await open()
      const userId = h.ids.userId()
      await submitted(h, { tenantId: h.ids.tenantId(), userId })

      expect(await idsOf(h, h.ids.tenantId(), {}, 50)).toStrictEqual([[]])
      expect(await idsOf(h, h.ids.tenantId(), { userId }, 50)).toStrictEqual([[]])
    })

    it.each([1, 2, 3, 5, 6, 7])('gives all of six once, in pages of %i', async size => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const ids = await submitMany(h, tenantId, 6)

      const pages = await idsOf(h, tenantId, {}, size)

      expect(pages.flat()).toStrictEqual(ids.toReversed())
      expect(pages).toHaveLength(Math.ceil(6 / size))
    })

    it('neither repeats nor leaves out any while new ones arrive between the pages', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const ids = await submitMany(h, tenantId, 7)

      const pages = await pagesOf(
        page => h.store.removalRequests.list(tenantId, {}, page),
        2,
        async () => submitMany(h, tenantId, 3),
      )

      expect(pages.flat().map(({ id }) => id)).toStrictEqual(ids.toReversed())
    })

    it('leaves out none that stays within a filter while others leave it between the pages', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const requests = []
      for (const _ of upTo(8)) requests.push(await submitted(h, { tenantId }))
      const [leaving, staying] = [
        requests.filter((_, n) => n % 2 === 0),
        requests.filter((_, n) => n % 2 === 1),
      ]

      const pages = await pagesOf(
        page => h.store.removalRequests.list(tenantId, { states: ['pendingApproval'] }, page),
        2,
        async () => {
          const next = leaving.pop()
          return next === undefined ? null : approvedBy(h, next, recordOf(h))
        },
      )

      const seen = pages.flat().map(({ id }) => id)
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen).toStrictEqual(expect.arrayContaining(staying.map(({ id }) => id)))
    })

    it.each([...openStates, ...endedStates])('finds by state those that are %s', async state => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      for (const other of [...openStates, ...endedStates]) await requestIn(h, other, { tenantId })
      const { id } = await requestIn(h, state, { tenantId })

      const { items } = await succeed(
        h.store.removalRequests.list(tenantId, { states: [state] }, { size: 50, after: null }),
      )

      expect(items.map(found => found.state)).toStrictEqual([state, state])
      expect(elementAt(items, 0).id).toBe(id)
    })

    it('finds by several states those in any of them, and by no state none', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const pending = await requestIn(h, 'pendingApproval', { tenantId })
      await requestIn(h, 'approved', { tenantId })
      const denied = await requestIn(h, 'denied', { tenantId })

      expect(await idsOf(h, tenantId, { states: ['denied', 'pendingApproval'] }, 1)).toStrictEqual([
        [denied.id],
        [pending.id],
      ])
      expect(await idsOf(h, tenantId, { states: [] }, 50)).toStrictEqual([[]])
    })

    it('finds by person the requests about them, of any state, page by page', async () => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const ids = []
      for (const state of [...endedStates, 'approved'] as const) {
        ids.push((await requestIn(h, state, { tenantId, userId })).id)
        await submitted(h, { tenantId })
      }

      expect((await idsOf(h, tenantId, { userId }, 2)).flat()).toStrictEqual(ids.toReversed())
      expect(await idsOf(h, tenantId, { userId: h.ids.userId() }, 2)).toStrictEqual([[]])
    })

    it('finds by due date those that are due before it', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const older = await submitted(h, { tenantId, receivedAt: addSeconds(h.clock.now(), -40 * day) })
      const newer = await submitted(h, { tenantId })

      expect(await idsOf(h, tenantId, { dueBefore: older.dueAt }, 50)).toStrictEqual([[]])
      expect(await idsOf(h, tenantId, { dueBefore: newer.dueAt }, 50)).toStrictEqual([[older.id]])
      expect(await idsOf(h, tenantId, { dueBefore: addSeconds(newer.dueAt, 1) }, 50)).toStrictEqual([
        [newer.id, older.id],
      ])
    })

    it('finds what all conditions hold for', async () => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const receivedAt = addSeconds(h.clock.now(), -40 * day)
      await requestIn(h, 'denied', { tenantId, userId })
      await requestIn(h, 'denied', { tenantId, receivedAt })
      const wanted = await requestIn(h, 'denied', { tenantId, userId, receivedAt })
      await requestIn(h, 'pendingApproval', { tenantId, userId, receivedAt })

      const filter: RemovalRequestFilter = { userId, states: ['denied'], dueBefore: h.clock.now() }

      expect(await idsOf(h, tenantId, filter, 1)).toStrictEqual([[wanted.id]])
    })

    it.each(garbageTokens)('refuses the page token %j', async after => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      await submitMany(h, tenantId, 2)

      const refused = await refuse(h.store.removalRequests.list(tenantId, {}, { size: 1, after }))

      expect(refused).toStrictEqual({ _tag: 'InvalidPageToken' })
    })
  })
}

/** One after the other, so that their order is known. */
const submitMany = async (
  h: StoreHarness,
  tenantId: TenantId,
  count: number,
): Promise<ReadonlyArray<RemovalRequestId>> => {
  const ids: Array<RemovalRequestId> = []
  for (const _ of upTo(count)) ids.push((await submitted(h, { tenantId })).id)
  return ids
}

const idsOf = async (
  { store }: StoreHarness,
  tenantId: TenantId,
  filter: RemovalRequestFilter,
  size: number,
): Promise<ReadonlyArray<ReadonlyArray<RemovalRequestId>>> =>
  (await pagesOf(page => store.removalRequests.list(tenantId, filter, page), size)).map(page =>
    page.map(({ id }) => id),
  )
