import { jobsOf, type RemovalRequest } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { HeldJob } from '../ports/jobs.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { eventsIn, historyOf } from './histories.js'
import { readable, someOf, succeed, upTo } from './outcomes.js'
import { receiveAll } from './queue.js'
import { approvalOf, approvedBy, approvers, recordOf, requestIn, submitted, toldToWait } from './scenarios.js'

/** That events and the jobs that they imply become visible together. */
export const visibilityContract = (open: OpenStore): void => {
  describe('events and their jobs', () => {
    it('has the job of what was appended, and none before', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId() })
      expect(await receiveAll(h, request.tenantId)).toStrictEqual([])

      const approved = await approvedBy(h, request, recordOf(h))

      const [held, ...others] = await receiveAll(h, request.tenantId)
      expect(others).toStrictEqual([])
      expect(held?.deliveries).toBe(1)
      const implied = eventsIn(await historyOf(h, approved)).flatMap(jobsOf)
      expect([held?.job]).toStrictEqual(implied)
    })

    it('has no job of an append that was refused', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId(), policy: approvers(2) })
      const first = await approvedBy(h, request, recordOf(h))
      const append = approvalOf(h, first, recordOf(h))

      await h.store.removalRequests.append({ ...append, expectedVersion: request.version })()

      expect(append.events.flatMap(jobsOf)).toHaveLength(1)
      expect(await receiveAll(h, request.tenantId)).toStrictEqual([])
    })

    it('has one job where many rivals append at once', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId() })
      const rivals = upTo(10).map(() => approvalOf(h, request, recordOf(h)))

      await Promise.all(rivals.map(async rival => h.store.removalRequests.append(rival)()))

      expect(await receiveAll(h, request.tenantId)).toHaveLength(1)
    })

    it('delivers no job before its time', async () => {
      const h = await open()
      const removing = await requestIn(h, 'removing', { tenantId: h.ids.tenantId() })
      const [first] = await receiveAll(h, removing.tenantId)
      await succeed(h.store.jobs.complete(first?.receipt ?? ''))

      await toldToWait(h, removing, 7200)

      expect(await receiveAll(h, removing.tenantId)).toStrictEqual([])
      await h.clock.advance(7000)
      expect(await receiveAll(h, removing.tenantId)).toStrictEqual([])
      await h.clock.advance(300)
      const due = await receiveAll(h, removing.tenantId)
      expect(due.map(({ job }) => job.causedBy)).toStrictEqual([removing.version + 1])
    })

    it('shows neither without the other while both are being written', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const requests = await Promise.all(upTo(6).map(async () => submitted(h, { tenantId })))
      const approvals = requests.map(request => approvalOf(h, request, recordOf(h)))

      const [seen] = await Promise.all([
        watch(h, requests),
        ...approvals.map(async append => succeed(h.store.removalRequests.append(append))),
      ])

      expect(seen.eventsWithoutJob).toStrictEqual([])
      expect(seen.jobsWithoutEvent).toStrictEqual([])
      expect(seen.received).toBe(requests.length)
    })
  })
}

interface Seen {
  readonly eventsWithoutJob: ReadonlyArray<RemovalRequest>
  readonly jobsWithoutEvent: ReadonlyArray<HeldJob>
  readonly received: number
}

/** Looks at requests and jobs over and over, until every request has its job. */
const watch = async (h: StoreHarness, requests: ReadonlyArray<RemovalRequest>): Promise<Seen> => {
  const received: Array<HeldJob> = []
  const eventsWithoutJob: Array<RemovalRequest> = []
  const jobsWithoutEvent: Array<HeldJob> = []
  for (let round = 0; round < 500 && received.length < requests.length; round += 1) {
    const approved = (await loadAll(h, requests)).filter(({ state }) => state === 'approved')
    const batch = await receiveAll(h, requests[0]?.tenantId ?? h.ids.tenantId())
    received.push(...batch)
    eventsWithoutJob.push(...approved.filter(({ id }) => !received.some(({ job }) => job.requestId === id)))
    const now = await loadAll(h, requests)
    jobsWithoutEvent.push(
      ...batch.filter(
        ({ job }) => !now.some(({ id, version }) => id === job.requestId && version >= job.causedBy),
      ),
    )
  }
  return { eventsWithoutJob, jobsWithoutEvent, received: received.length }
}

const loadAll = async (
  { store }: StoreHarness,
  requests: ReadonlyArray<RemovalRequest>,
): Promise<ReadonlyArray<RemovalRequest>> =>
  Promise.all(
    requests.map(async ({ tenantId, id }) =>
      readable(someOf(await succeed(store.removalRequests.load(tenantId, id)))),
    ),
  )
