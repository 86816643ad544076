import { verifyChain } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { OpenStore } from './harness.js'
import { eventsIn, historyOf, replayed } from './histories.js'
import { readable, succeed } from './outcomes.js'
import {
  approvalOf,
  cleared,
  endedStates,
  openStates,
  recordOf,
  requestIn,
  retriedBy,
  started,
  submissionOf,
  submitted,
  toldToWait,
  verifiedAbsent,
} from './scenarios.js'

/** What `RemovalRequests.load` and `history` promise. */
export const historyContract = (open: OpenStore): void => {
  describe('load and history', () => {
    it('keeps exactly the events that it was given, in order', async () => {
      const h = await open()
      const submission = submissionOf(h, { tenantId: h.ids.tenantId() })
      const request = readable((await succeed(h.store.removalRequests.submit(submission))).request)
      const approval = approvalOf(h, request, recordOf(h))
      await succeed(h.store.removalRequests.append(approval))

      const history = await historyOf(h, request)

      expect(eventsIn(history)).toStrictEqual([...submission.events, ...approval.events])
      expect(history.events.map(({ envelope }) => envelope.schemaVersion)).toStrictEqual([1, 1, 1])
    })

    it.each([...openStates, ...endedStates])(
      'has a whole chain that folds to the request that is %s',
      async state => {
        const h = await open()
        const request = await requestIn(h, state, { tenantId: h.ids.tenantId() })

        const history = await historyOf(h, request)

        expect(
          verifyChain(h.digest.envelope)(
            { tenantId: request.tenantId, requestId: request.id },
            history.head,
            history.events,
          ),
        ).toStrictEqual(E.right(history.head))
        expect(history.head.sequence).toBe(request.version)
        expect(replayed(history)).toStrictEqual(request)
        expect(await succeed(h.store.removalRequests.load(request.tenantId, request.id))).toStrictEqual(
          O.some(request),
        )
      },
    )

    it('has a whole chain of a request that failed, was retried, and waited', async () => {
      const h = await open()
      const failed = await requestIn(h, 'failed', { tenantId: h.ids.tenantId() })
      const retried = await retriedBy(h, failed, recordOf(h))
      const waiting = await toldToWait(h, retried, 60)
      const completed = await verifiedAbsent(h, await cleared(h, waiting))

      const history = await historyOf(h, completed)

      expect(
        verifyChain(h.digest.envelope)(
          { tenantId: completed.tenantId, requestId: completed.id },
          history.head,
          history.events,
        ),
      ).toStrictEqual(E.right(history.head))
      expect(replayed(history)).toStrictEqual(completed)
    })

    it('has the chains of requests apart', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const [one, other] = [await requestIn(h, 'approved', { tenantId }), await submitted(h, { tenantId })]
      const before = await historyOf(h, other)

      await started(h, one)

      expect(await historyOf(h, other)).toStrictEqual(before)
    })

    it('has nothing for another tenant, and nothing for an unknown id', async () => {
      const h = await open()
      const { tenantId, id } = await submitted(h, { tenantId: h.ids.tenantId() })
      const [foreign, unknown] = [h.ids.tenantId(), h.ids.identifiers.requestId()]
      const { removalRequests } = h.store

      expect(await succeed(removalRequests.load(foreign, id))).toStrictEqual(O.none)
      expect(await succeed(removalRequests.history(foreign, id))).toStrictEqual(O.none)
      expect(await succeed(removalRequests.load(tenantId, unknown))).toStrictEqual(O.none)
      expect(await succeed(removalRequests.history(tenantId, unknown))).toStrictEqual(O.none)
    })
  })
}
