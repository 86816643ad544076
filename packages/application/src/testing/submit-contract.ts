import { jobsOf } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { historyOf } from './histories.js'
import type { OpenStore } from './harness.js'
import { elementAt, succeed, upTo } from './outcomes.js'
import { receiveAll } from './queue.js'
import { automatic, endedStates, openStates, requestIn, submissionOf, submitted } from './scenarios.js'

/** What `RemovalRequests.submit` promises. */
export const submitContract = (open: OpenStore): void => {
  describe('submit', () => {
    it('records a new request, which can be loaded', async () => {
      const h = await open()
      const submission = submissionOf(h, { tenantId: h.ids.tenantId() })

      const { joined, request } = await succeed(h.store.removalRequests.submit(submission))

      expect(joined).toBe(false)
      expect(request).toMatchObject({ id: submission.requestId, state: 'pendingApproval', version: 1 })
      const loaded = await succeed(h.store.removalRequests.load(request.tenantId, request.id))
      expect(loaded).toStrictEqual(O.some(request))
    })

    it('records the subject and the submitter with it', async () => {
      const h = await open()
      const { tenantId, requestId, subject, submitter } = submissionOf(h, { tenantId: h.ids.tenantId() })
      const submission = submissionOf(h, { tenantId, userId: subject.userId, submitter: submitter.actor })

      await succeed(h.store.removalRequests.submit(submission))

      const { commitment } = submission.subject
      const { reference } = submission.submitter
      expect([...(await succeed(h.store.subjects.resolve(tenantId, [commitment])))]).toStrictEqual([
        [commitment, { userId: subject.userId, salt: submission.subject.salt }],
      ])
      expect([...(await succeed(h.store.actors.resolve(tenantId, [reference])))]).toStrictEqual([
        [reference, submitter.actor],
      ])
      expect(await succeed(h.store.removalRequests.load(tenantId, requestId))).toStrictEqual(O.none)
    })

    it.each(openStates)('finds the open request for a profile that is %s', async state => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const request = await requestIn(h, state, { tenantId, userId })

      const { openFor } = h.store.removalRequests
      expect(await succeed(openFor(tenantId, userId))).toStrictEqual(O.some(request))
      expect(await succeed(openFor(tenantId, h.ids.userId()))).toStrictEqual(O.none)
      expect(await succeed(openFor(h.ids.tenantId(), userId))).toStrictEqual(O.none)
    })

    it.each(endedStates)('finds no open request for a profile whose request is %s', async state => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      await requestIn(h, state, { tenantId, userId })

      expect(await succeed(h.store.removalRequests.openFor(tenantId, userId))).toStrictEqual(O.none)
    })

    it.each(openStates)('joins a request for the same profile that is %s', async state => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const first = await requestIn(h, state, { tenantId, userId })
      const before = await historyOf(h, first)
      const second = submissionOf(h, { tenantId, userId })

      const answer = await succeed(h.store.removalRequests.submit(second))

      expect(answer).toStrictEqual({ joined: true, request: first })
      expect(await historyOf(h, first)).toStrictEqual(before)
      expect(await succeed(h.store.removalRequests.load(tenantId, second.requestId))).toStrictEqual(O.none)
      const { commitment } = second.subject
      const { reference } = second.submitter
      expect((await succeed(h.store.subjects.resolve(tenantId, [commitment]))).size).toBe(0)
      expect((await succeed(h.store.actors.resolve(tenantId, [reference]))).size).toBe(0)
    })

    it.each(endedStates)('records a new request after one that is %s', async state => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const first = await requestIn(h, state, { tenantId, userId })

      const second = await submitted(h, { tenantId, userId })

      expect(second.id).not.toBe(first.id)
      const third = await succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId, userId })))
      expect(third).toStrictEqual({ joined: true, request: second })
    })

    it('joins no request of another tenant for the same person', async () => {
      const h = await open()
      const userId = h.ids.userId()
      await submitted(h, { tenantId: h.ids.tenantId(), userId })

      const { joined } = await succeed(
        h.store.removalRequests.submit(submissionOf(h, { tenantId: h.ids.tenantId(), userId })),
      )

      expect(joined).toBe(false)
    })

    it('joins itself when it is repeated because the answer was lost', async () => {
      const h = await open()
      const submission = submissionOf(h, { tenantId: h.ids.tenantId(), policy: automatic })
      const first = await succeed(h.store.removalRequests.submit(submission))

      const second = await succeed(h.store.removalRequests.submit(submission))

      expect(second).toStrictEqual({ joined: true, request: first.request })
      expect(await receiveAll(h, submission.tenantId)).toHaveLength(1)
    })

    it('makes the implied job visible, once, however many join', async () => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]
      const submission = submissionOf(h, { tenantId, userId, policy: automatic })
      await succeed(h.store.removalRequests.submit(submission))
      await succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId, userId, policy: automatic })))

      const held = await receiveAll(h, tenantId)

      expect(held.map(({ job }) => job)).toStrictEqual(submission.events.flatMap(jobsOf))
    })

    it('records one request of many that are submitted at once for the same profile', async () => {
      const h = await open()
      const [tenantId, userId] = [h.ids.tenantId(), h.ids.userId()]

      const answers = await Promise.all(
        upTo(12).map(async () =>
          succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId, userId, policy: automatic }))),
        ),
      )

      expect(answers.filter(({ joined }) => !joined)).toHaveLength(1)
      expect(new Set(answers.map(({ request }) => request.id)).size).toBe(1)
      const { items } = await succeed(
        h.store.removalRequests.list(tenantId, { userId }, { size: 20, after: null }),
      )
      expect(items.map(({ id }) => id)).toStrictEqual([elementAt(answers, 0).request.id])
      expect(await receiveAll(h, tenantId)).toHaveLength(1)
    })

    it('records all of many that are submitted at once for different profiles', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()

      const answers = await Promise.all(
        upTo(12).map(async () => succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId })))),
      )

      expect(answers.filter(({ joined }) => joined)).toStrictEqual([])
      expect(new Set(answers.map(({ request }) => request.id)).size).toBe(12)
    })
  })
}
