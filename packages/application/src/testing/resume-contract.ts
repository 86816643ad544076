import type { RemovalRequest, TenantId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { OpenStore, StoreHarness } from './harness.js'
import { elementAt, succeed, upTo } from './outcomes.js'
import { receiveAll, receiveDead } from './queue.js'
import { endedStates, requestIn, toldToWait } from './scenarios.js'

const day = 86_400

/** What `RemovalRequests.resume` promises. */
export const resumeContract = (open: OpenStore): void => {
  describe('resume', () => {
    it.each(['approved', 'removing', 'verifying'] as const)(
      'makes the job anew of a request that is %s and has lost its own, once',
      async state => {
        const h = await open()
        const request = await withoutItsJob(h, await requestIn(h, state, { tenantId: h.ids.tenantId() }))
        await h.clock.advance(2 * day)

        expect(await resumed(h, request.tenantId)).toBe(1)
        expect(await resumed(h, request.tenantId)).toBe(0)

        const held = await receiveAll(h, request.tenantId)
        expect(held).toMatchObject([{ deliveries: 1, job: 'job' in request ? request.job : null }])
      },
    )

    it.each(['pendingApproval', 'failed', ...endedStates] as const)(
      'makes none for a request that is %s',
      async state => {
        const h = await open()
        const tenantId = h.ids.tenantId()
        await withoutItsJob(h, await requestIn(h, state, { tenantId }))
        await h.clock.advance(90 * day)

        expect(await resumed(h, tenantId)).toBe(0)
      },
    )

    it('makes none for a request that has not waited so long, or waits on purpose', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const removing = await withoutItsJob(h, await requestIn(h, 'removing', { tenantId }))
      await h.clock.advance(day - 60)
      expect(await resumed(h, tenantId)).toBe(0)

      const waiting = await toldToWait(h, removing, 5 * day)
      await h.clock.advance(5 * day + 60)
      await withoutItsJob(h, waiting)
      expect(await resumed(h, tenantId)).toBe(0)
      await h.clock.advance(2 * day)
      expect(await resumed(h, tenantId)).toBe(1)
    })

    it('makes none for a request whose job is in the queue: it waits, is held, comes again, or is dead', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const request = await requestIn(h, 'approved', { tenantId })
      await h.clock.advance(2 * day)

      expect(await resumed(h, tenantId)).toBe(0)
      for (const _ of upTo(h.queue.mostDeliveries)) {
        await receiveAll(h, tenantId)
        expect(await resumed(h, tenantId)).toBe(0)
        await h.letLeasesRunOut()
        expect(await resumed(h, tenantId)).toBe(0)
      }

      const [dead, ...others] = await receiveDead(h, tenantId)
      expect([dead?.job.requestId, others]).toStrictEqual([request.id, []])
      expect(await resumed(h, tenantId)).toBe(0)
      await succeed(h.store.jobs.complete(dead?.receipt ?? ''))
      expect(await resumed(h, tenantId)).toBe(1)
    })

    it('makes no more than it was told, those that wait longest first, and none of another tenant', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const requests = []
      for (const _ of upTo(3)) {
        requests.push(await withoutItsJob(h, await requestIn(h, 'approved', { tenantId })))
        await h.clock.advance(60)
      }

      await h.clock.advance(2 * day)

      expect(await resumed(h, h.ids.tenantId())).toBe(0)
      expect(await resumed(h, tenantId, 2)).toBe(2)

      const held = await receiveAll(h, tenantId)
      expect(held.map(({ job }) => job.requestId).toSorted()).toStrictEqual(
        [elementAt(requests, 0).id, elementAt(requests, 1).id].toSorted(),
      )
    })
  })
}

/** Takes whatever job there is and completes it, though nothing of it was done. */
const withoutItsJob = async (h: StoreHarness, request: RemovalRequest): Promise<RemovalRequest> => {
  for (const { receipt } of await receiveAll(h, request.tenantId))
    await succeed(h.store.jobs.complete(receipt))
  return request
}

const resumed = async (h: StoreHarness, tenantId: TenantId, limit = 10): Promise<number> =>
  succeed(h.store.removalRequests.resume(tenantId, day, limit))
