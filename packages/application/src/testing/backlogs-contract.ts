import type { TenantId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { OpenStore, StoreHarness } from './harness.js'
import { elementAt, succeed, upTo } from './outcomes.js'
import { receiveAll, receiveDead } from './queue.js'
import { automatic, requestIn, submitted, toldToWait } from './scenarios.js'

const day = 86_400
const none = { waiting: 0, longestWaitSeconds: null, held: 0 }

/**
 * What the port `Backlogs` promises.
 *
 * @param name of the adapter.
 */
export const backlogsContract = (name: string, open: OpenStore): void => {
  describe(`backlogs: ${name}`, () => {
    it('are empty where there is no job, and while nobody has approved', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      expect(await backlogOf(h, tenantId)).toStrictEqual(none)

      await requestIn(h, 'pendingApproval', { tenantId })

      expect(await backlogOf(h, tenantId)).toStrictEqual(none)
    })

    it('count what waits, and since when the first does', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      await submitted(h, { tenantId, policy: automatic })
      await h.clock.advance(90)
      for (const _ of upTo(2)) await submitted(h, { tenantId, policy: automatic })

      const { waiting, longestWaitSeconds, held } = await backlogOf(h, tenantId)

      expect({ waiting, held }).toStrictEqual({ waiting: 3, held: 0 })
      expect(longestWaitSeconds).toBeGreaterThanOrEqual(89)
      expect(longestWaitSeconds).toBeLessThan(120)
    })

    it('tell what a worker holds from what waits', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      for (const _ of upTo(3)) await submitted(h, { tenantId, policy: automatic })
      const [first, ...others] = await receiveAll(h, tenantId)

      expect(await backlogOf(h, tenantId)).toStrictEqual({ ...none, held: 3 })
      for (const { receipt } of others) await succeed(h.store.jobs.complete(receipt))
      expect(await backlogOf(h, tenantId)).toStrictEqual({ ...none, held: 1 })
      await succeed(h.store.jobs.fail(first?.receipt ?? ''))
      expect(await backlogOf(h, tenantId)).toStrictEqual(none)
      await h.clock.advance(day)
      expect(await backlogOf(h, tenantId)).toMatchObject({ waiting: 1, held: 0 })
    })

    it('hold no job that is due later', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const removing = await requestIn(h, 'removing', { tenantId })
      for (const { receipt } of await receiveAll(h, tenantId)) await succeed(h.store.jobs.complete(receipt))
      await toldToWait(h, removing, day)

      expect(await backlogOf(h, tenantId)).toStrictEqual(none)
      await h.clock.advance(day + 60)
      const { waiting, longestWaitSeconds } = await backlogOf(h, tenantId)
      expect(waiting).toBe(1)
      expect(longestWaitSeconds).toBeLessThan(120)
    })

    it('hold dead jobs until they are done', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      await submitted(h, { tenantId, policy: automatic })
      for (const _ of upTo(h.queue.mostDeliveries)) {
        await receiveAll(h, tenantId)
        await h.letLeasesRunOut()
      }

      expect(await backlogOf(h, tenantId)).toMatchObject({ waiting: 1, held: 0 })
      const { receipt } = elementAt(await receiveDead(h, tenantId), 0)
      expect(await backlogOf(h, tenantId)).toStrictEqual({ ...none, held: 1 })
      await succeed(h.store.jobs.complete(receipt))
      expect(await backlogOf(h, tenantId)).toStrictEqual(none)
    })

    it('are of one tenant', async () => {
      const h = await open()
      await submitted(h, { tenantId: h.ids.tenantId(), policy: automatic })

      expect(await backlogOf(h, h.ids.tenantId())).toStrictEqual(none)
    })
  })
}

const backlogOf = (h: StoreHarness, tenantId: TenantId) => succeed(h.store.backlogs.of(tenantId))
