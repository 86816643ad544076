import { addSeconds, type RemovalRequest, type TenantId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { HeldJob } from '../ports/jobs.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { elementAt, succeed, upTo } from './outcomes.js'
import { receiveAll, receiveBatches, receiveDead } from './queue.js'
import { automatic, requestIn, submitted, toldToWait } from './scenarios.js'

const day = 86_400

/**
 * What the port `Jobs` promises.
 *
 * @param name of the adapter.
 */
export const jobsContract = (name: string, open: OpenStore): void => {
  describe(`jobs: ${name}`, () => {
    it('delivers a job once while it is held', async () => {
      const h = await open()
      const request = await withJob(h, h.ids.tenantId())

      const held = await receiveAll(h, request.tenantId)

      expect(held).toMatchObject([
        {
          deliveries: 1,
          job: { name: 'performRemoval', tenantId: request.tenantId, requestId: request.id, causedBy: 2 },
        },
      ])
      expect(await receiveAll(h, request.tenantId)).toStrictEqual([])
    })

    it('delivers a job again whose lease ran out, and counts', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const deliveries: Array<HeldJob> = []

      for (const _ of upTo(4)) {
        deliveries.push(...(await receiveAll(h, tenantId)))
        await h.letLeasesRunOut()
      }

      expect(deliveries.map(held => held.deliveries)).toStrictEqual([1, 2, 3, 4])
      expect(new Set(deliveries.map(({ receipt }) => receipt)).size).toBe(4)
      expect(new Set(deliveries.map(({ job }) => JSON.stringify(job))).size).toBe(1)
    })

    it('delivers a completed job never again, however often it is completed', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const { receipt } = elementAt(await receiveAll(h, tenantId), 0)

      await succeed(h.store.jobs.complete(receipt))
      await succeed(h.store.jobs.complete(receipt))

      await h.letLeasesRunOut()
      expect(await receiveAll(h, tenantId)).toStrictEqual([])
    })

    it('completes the one job and no other', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      for (const _ of upTo(3)) await withJob(h, tenantId)
      const [first, ...others] = await receiveAll(h, tenantId)

      await succeed(h.store.jobs.complete(first?.receipt ?? ''))

      await h.letLeasesRunOut()
      const again = await receiveAll(h, tenantId)
      expect(again.map(({ job }) => job.requestId).toSorted()).toStrictEqual(
        others.map(({ job }) => job.requestId).toSorted(),
      )
    })

    it('ignores completion with the receipt of an earlier delivery', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const first = elementAt(await receiveAll(h, tenantId), 0)
      await h.letLeasesRunOut()
      await receiveAll(h, tenantId)

      await succeed(h.store.jobs.complete(first.receipt))

      await h.letLeasesRunOut()
      expect((await receiveAll(h, tenantId)).map(held => held.deliveries)).toStrictEqual([3])
    })

    it('ignores postponement with the receipt of an earlier delivery', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const first = elementAt(await receiveAll(h, tenantId), 0)
      await h.letLeasesRunOut()
      await receiveAll(h, tenantId)

      await succeed(h.store.jobs.postpone(first.receipt, addSeconds(h.clock.now(), 9 * day)))

      await h.letLeasesRunOut()
      expect((await receiveAll(h, tenantId)).map(held => held.deliveries)).toStrictEqual([3])
    })

    it('delivers a postponed job when its time has come, and not before', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const { receipt, job } = elementAt(await receiveAll(h, tenantId), 0)

      await succeed(h.store.jobs.postpone(receipt, addSeconds(h.clock.now(), 10 * day)))

      await h.letLeasesRunOut()
      expect(await receiveAll(h, tenantId)).toStrictEqual([])
      await h.clock.advance(8 * day)
      expect(await receiveAll(h, tenantId)).toStrictEqual([])
      await h.clock.advance(3 * day)
      const again = await receiveAll(h, tenantId)
      expect(again.map(held => held.job)).toMatchObject([
        { tenantId: job.tenantId, requestId: job.requestId, causedBy: job.causedBy },
      ])
      expect(again.map(held => held.deliveries)).toStrictEqual([1])
    })

    it('delivers a failed job again after a while, and not at once', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const { receipt, job } = elementAt(await receiveAll(h, tenantId), 0)

      await succeed(h.store.jobs.fail(receipt))

      expect(await receiveAll(h, tenantId)).toStrictEqual([])
      await h.clock.advance(day)
      const again = await receiveAll(h, tenantId)
      expect(again).toMatchObject([{ job, deliveries: 2 }])
    })

    it('ignores a failure with the receipt of an earlier delivery', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const first = elementAt(await receiveAll(h, tenantId), 0)
      await h.letLeasesRunOut()
      const second = elementAt(await receiveAll(h, tenantId), 0)

      await succeed(h.store.jobs.fail(first.receipt))
      await succeed(h.store.jobs.complete(second.receipt))

      await h.clock.advance(day)
      expect(await receiveAll(h, tenantId)).toStrictEqual([])
    })

    it('holds a job for another lease that is renewed', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const { receipt } = elementAt(await receiveAll(h, tenantId), 0)

      for (const _ of upTo(3)) {
        await h.clock.advance(Math.floor(h.queue.leaseSeconds * 0.6))
        await succeed(h.store.jobs.renew([receipt]))
        expect(await receiveAll(h, tenantId)).toStrictEqual([])
      }

      await h.letLeasesRunOut()
      expect((await receiveAll(h, tenantId)).map(held => held.deliveries)).toStrictEqual([2])
    })

    it('ignores a renewal with the receipt of an earlier delivery, and one of nothing', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const first = elementAt(await receiveAll(h, tenantId), 0)
      await h.letLeasesRunOut()
      await receiveAll(h, tenantId)
      await h.clock.advance(Math.floor(h.queue.leaseSeconds * 0.6))

      await succeed(h.store.jobs.renew([first.receipt]))
      await succeed(h.store.jobs.renew([]))

      await h.letLeasesRunOut()
      expect((await receiveAll(h, tenantId)).map(held => held.deliveries)).toStrictEqual([3])
    })

    it.each(['failed', 'left'])('has a job dead that was %s as often as it may be', async how => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      expect(await receiveDead(h, tenantId)).toStrictEqual([])
      const deliveries: Array<HeldJob> = []
      for (const _ of upTo(h.queue.mostDeliveries)) {
        const held = await receiveAll(h, tenantId)
        deliveries.push(...held)
        if (how === 'failed')
          for (const { receipt } of held) {
            await succeed(h.store.jobs.fail(receipt))
            await h.clock.advance(day)
          }
        else await h.letLeasesRunOut()
      }

      expect(deliveries.map(held => held.deliveries)).toStrictEqual(upTo(h.queue.mostDeliveries))
      await h.clock.advance(day)
      expect(await receiveAll(h, tenantId)).toStrictEqual([])
      const dead = await receiveDead(h, tenantId)
      expect(dead.map(({ job }) => job)).toStrictEqual([elementAt(deliveries, 0).job])
      expect(await receiveDead(h, tenantId)).toStrictEqual([])
    })

    it('delivers a dead job again until it is completed', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      for (const _ of upTo(h.queue.mostDeliveries)) {
        await receiveAll(h, tenantId)
        await h.letLeasesRunOut()
      }

      for (const _ of upTo(2)) {
        expect(await receiveDead(h, tenantId)).toHaveLength(1)
        await h.letLeasesRunOut()
      }
      const { receipt } = elementAt(await receiveDead(h, tenantId), 0)
      await succeed(h.store.jobs.complete(receipt))

      await h.letLeasesRunOut()
      expect(await receiveDead(h, tenantId)).toStrictEqual([])
      expect(await receiveAll(h, tenantId)).toStrictEqual([])
    })

    it('holds no more jobs of a tenant than it was told, and keeps no other tenant waiting', async () => {
      const h = await open()
      const [large, small] = [h.ids.tenantId(), h.ids.tenantId()]
      const most = h.queue.heldPerTenant
      for (const _ of upTo(most + 2)) await withJob(h, large)
      await withJob(h, small)

      const held = (await receiveBatches(h, most + 10)).flat()

      const ofLarge = held.filter(({ job }) => job.tenantId === large)
      expect(ofLarge).toHaveLength(most)
      expect(held.filter(({ job }) => job.tenantId === small)).toHaveLength(1)
      await succeed(h.store.jobs.complete(elementAt(ofLarge, 0).receipt))
      expect(await receiveAll(h, large)).toHaveLength(1)
    })

    it('delivers a job soon that is postponed to a moment that has passed', async () => {
      const h = await open()
      const { tenantId } = await withJob(h, h.ids.tenantId())
      const { receipt } = elementAt(await receiveAll(h, tenantId), 0)

      await succeed(h.store.jobs.postpone(receipt, addSeconds(h.clock.now(), -day)))

      await h.clock.advance(5)
      expect(await receiveAll(h, tenantId)).toHaveLength(1)
    })

    it('gives no more than it was asked for, and everything in the end', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      for (const _ of upTo(7)) await withJob(h, tenantId)

      const batches = await receiveBatches(h, 3)

      expect(Math.max(...batches.map(batch => batch.length))).toBe(3)
      expect(batches.flat().filter(({ job }) => job.tenantId === tenantId)).toHaveLength(7)
    })

    it('gives jobs in the order in which they were called for', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const waited = await waiting(h, tenantId, 5 * day)
      await h.clock.advance(7 * day)
      const requests = []
      for (const _ of upTo(3)) {
        requests.push(await withJob(h, tenantId))
        await h.clock.advance(1)
      }

      const held = await receiveAll(h, tenantId, 1)

      expect(held.map(({ job }) => job.requestId)).toStrictEqual([waited, ...requests].map(({ id }) => id))
    })

    it('never gives one job to two workers at once', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      await Promise.all(upTo(24).map(async () => withJob(h, tenantId)))

      const workers = await Promise.all(upTo(6).map(async () => receiveAll(h, tenantId, 2)))

      const held = workers.flat().map(({ job }) => job.requestId)
      expect(held).toHaveLength(24)
      expect(new Set(held).size).toBe(24)
    })

    it('never gives a job that was given up to two workers at once', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      await Promise.all(upTo(12).map(async () => withJob(h, tenantId)))
      await receiveAll(h, tenantId)
      await h.letLeasesRunOut()

      const workers = await Promise.all(upTo(6).map(async () => receiveAll(h, tenantId, 2)))

      const held = workers.flat()
      expect(new Set(held.map(({ job }) => job.requestId)).size).toBe(12)
      expect(held.map(({ deliveries }) => deliveries)).toStrictEqual(upTo(12).map(() => 2))
    })
  })
}

/** A request that has a job at once. */
const withJob = async (h: StoreHarness, tenantId: TenantId): Promise<RemovalRequest> =>
  submitted(h, { tenantId, policy: automatic })

/** A request whose only job is due after so many seconds. */
const waiting = async (h: StoreHarness, tenantId: TenantId, seconds: number): Promise<RemovalRequest> => {
  const removing = await requestIn(h, 'removing', { tenantId })
  for (const { receipt } of await receiveAll(h, tenantId)) await succeed(h.store.jobs.complete(receipt))
  return toldToWait(h, removing, seconds)
}
