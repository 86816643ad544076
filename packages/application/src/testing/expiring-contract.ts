import { addSeconds, type Instant, type RemovalRequest, type TenantId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { OpenStore, StoreHarness } from './harness.js'
import { succeed } from './outcomes.js'
import { approvedBy, deniedBy, endedStates, openStates, recordOf, requestIn, submitted } from './scenarios.js'

const day = 86_400

/** What `RemovalRequests.expiring` promises. */
export const expiringContract = (open: OpenStore): void => {
  describe('expiring', () => {
    it('gives those whose time is up, the earliest first', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const third = await expiringAfter(h, tenantId, 3)
      const first = await expiringAfter(h, tenantId, 1)
      const second = await expiringAfter(h, tenantId, 2)
      await expiringAfter(h, tenantId, 9)

      const at = addSeconds(h.clock.now(), 4 * day)

      expect(await expiringAt(h, tenantId, at, 10)).toStrictEqual([first.id, second.id, third.id])
      expect(await expiringAt(h, tenantId, at, 2)).toStrictEqual([first.id, second.id])
    })

    it('gives one from the very moment on at which it may expire', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const { id, expiresAt } = await expiringAfter(h, tenantId, 1)
      const at = expiresAt ?? h.clock.now()

      expect(await expiringAt(h, tenantId, addSeconds(at, -1), 10)).toStrictEqual([])
      expect(await expiringAt(h, tenantId, at, 10)).toStrictEqual([id])
    })

    it('gives none that was decided, and none that never expires', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      await approvedBy(h, await expiringAfter(h, tenantId, 1), recordOf(h))
      await deniedBy(h, await expiringAfter(h, tenantId, 1), recordOf(h))
      await submitted(h, { tenantId })

      expect(await expiringAt(h, tenantId, addSeconds(h.clock.now(), 900 * day), 10)).toStrictEqual([])
    })

    it('gives none of another tenant', async () => {
      const h = await open()
      await expiringAfter(h, h.ids.tenantId(), 1)

      const at = addSeconds(h.clock.now(), 900 * day)

      expect(await expiringAt(h, h.ids.tenantId(), at, 10)).toStrictEqual([])
    })
  })
}

/** What `RemovalRequests.overdue` promises. */
export const overdueContract = (open: OpenStore): void => {
  describe('overdue', () => {
    it.each(openStates)('counts a request that was due and is %s', async state => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const { dueAt } = await requestIn(h, state, { tenantId })

      expect(await overdueAt(h, tenantId, dueAt)).toBe(0)
      expect(await overdueAt(h, tenantId, addSeconds(dueAt, 1))).toBe(1)
      expect(await overdueAt(h, h.ids.tenantId(), addSeconds(dueAt, 1))).toBe(0)
    })

    it.each(endedStates)('counts no request that is %s', async state => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      await requestIn(h, state, { tenantId })

      expect(await overdueAt(h, tenantId, addSeconds(h.clock.now(), 900 * day))).toBe(0)
    })
  })
}

const overdueAt = async ({ store }: StoreHarness, tenantId: TenantId, at: Instant) =>
  succeed(store.removalRequests.overdue(tenantId, at))

/** Due long ago, so that it is the policy alone that says when it expires. */
const expiringAfter = async (h: StoreHarness, tenantId: TenantId, days: number): Promise<RemovalRequest> =>
  submitted(h, {
    tenantId,
    receivedAt: addSeconds(h.clock.now(), -90 * day),
    expiresAfterDays: days,
  })

const expiringAt = async ({ store }: StoreHarness, tenantId: TenantId, at: Instant, limit: number) =>
  succeed(store.removalRequests.expiring(tenantId, at, limit))
