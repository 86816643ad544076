import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { Actor } from '../ports/people.js'
import type { OpenStore } from './harness.js'
import { historyOf } from './histories.js'
import { elementAt, readable, refuse, rightOf, succeed, upTo } from './outcomes.js'
import {
  approvalOf,
  approvedBy,
  approvers,
  recordOf,
  somebody,
  submissionOf,
  submitted,
} from './scenarios.js'

const conflict = { _tag: 'VersionConflict' }

/** What `RemovalRequests.append` promises. */
export const appendContract = (open: OpenStore): void => {
  describe('append', () => {
    it('gives the request after the events, as load does from then on', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId() })
      const approver = recordOf(h)

      const approved = await approvedBy(h, request, approver)

      expect(approved).toMatchObject({ state: 'approved', version: 3 })
      expect(approved.approvals.map(({ by }) => by)).toStrictEqual([approver.reference])
      expect(await succeed(h.store.removalRequests.load(request.tenantId, request.id))).toStrictEqual(
        O.some(approved),
      )
    })

    it.each([-1, 1])('refuses a version that is %i off, and appends nothing', async off => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId(), policy: approvers(9) })
      const second = await approvedBy(h, request, recordOf(h))
      const before = await historyOf(h, second)
      const append = { ...approvalOf(h, second, recordOf(h)), expectedVersion: second.version + off }

      expect(await refuse(h.store.removalRequests.append(append))).toStrictEqual(conflict)
      expect(await historyOf(h, second)).toStrictEqual(before)
    })

    it('records nobody and no note with an append that it refuses', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId(), policy: approvers(9) })
      await approvedBy(h, request, recordOf(h))
      const late = recordOf(h)
      const note = { reference: h.ids.identifiers.noteReference(), text: 'A text' }

      await refuse(h.store.removalRequests.append({ ...approvalOf(h, request, late), note }))

      const { tenantId } = request
      expect((await succeed(h.store.actors.resolve(tenantId, [late.reference]))).size).toBe(0)
      expect((await succeed(h.store.notes.resolve(tenantId, [note.reference]))).size).toBe(0)
      const known = await succeed(h.store.actors.referenceOf(tenantId, request.id, late.actor))
      expect(known).toStrictEqual(O.none)
    })

    it('refuses a request of another tenant, and one that does not exist', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId(), policy: approvers(9) })
      const before = await historyOf(h, request)
      const [foreign, unknown] = [h.ids.tenantId(), h.ids.identifiers.requestId()]
      const approval = approvalOf(h, request, recordOf(h))
      const elsewhere = {
        ...approval,
        tenantId: foreign,
        events: approval.events.map(happened => ({ ...happened, tenantId: foreign })),
      }
      const nowhere = {
        ...approval,
        requestId: unknown,
        events: approval.events.map(happened => ({ ...happened, requestId: unknown })),
      }

      expect(await refuse(h.store.removalRequests.append(elsewhere))).toStrictEqual(conflict)
      expect(await refuse(h.store.removalRequests.append(nowhere))).toStrictEqual(conflict)
      expect(await historyOf(h, request)).toStrictEqual(before)
    })

    it('takes exactly one of many that are appended at once to the same version', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId(), policy: approvers(99) })
      const rivals = upTo(12).map(() => recordOf(h))

      const outcomes = await Promise.all(
        rivals.map(async rival => h.store.removalRequests.append(approvalOf(h, request, rival))()),
      )

      const [refused, taken] = [outcomes.filter(E.isLeft), outcomes.filter(E.isRight)]
      expect(taken).toHaveLength(1)
      expect(refused.map(({ left }) => left)).toStrictEqual(upTo(11).map(() => conflict))
      const winner = rightOf(elementAt(taken, 0))
      expect(await succeed(h.store.removalRequests.load(request.tenantId, request.id))).toStrictEqual(
        O.some(winner),
      )
      const references = rivals.map(({ reference }) => reference)
      const recorded = await succeed(h.store.actors.resolve(request.tenantId, references))
      expect([...recorded.keys()]).toStrictEqual(winner.approvals.map(({ by }) => by))
    })

    it('takes all of many that are appended at once to different requests', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const approver = somebody(h)
      const requests = await Promise.all(upTo(8).map(async () => submitted(h, { tenantId })))

      const approved = await Promise.all(
        requests.map(async request => approvedBy(h, request, recordOf(h, approver))),
      )

      expect(approved.map(({ state }) => state)).toStrictEqual(upTo(8).map(() => 'approved'))
    })

    it('refuses an actor who has acted under another reference, through whatever application', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId(), policy: approvers(9) })
      const userId = h.ids.userId()
      const once = await approvedBy(h, request, recordOf(h, { kind: 'person', userId, appId: h.ids.appId() }))
      const before = await historyOf(h, once)

      const disguises: ReadonlyArray<Actor> = [
        { kind: 'person', userId, appId: h.ids.appId() },
        { kind: 'person', userId, appId: null },
      ]

      for (const actor of disguises) {
        const twice = approvalOf(h, once, recordOf(h, actor))
        expect(await refuse(h.store.removalRequests.append(twice))).toStrictEqual(conflict)
      }
      expect(await historyOf(h, once)).toStrictEqual(before)
    })

    it('refuses the submitter under another reference', async () => {
      const h = await open()
      const submission = submissionOf(h, { tenantId: h.ids.tenantId() })
      const { request } = await succeed(h.store.removalRequests.submit(submission))
      const disguised = recordOf(h, submission.submitter.actor)

      const refused = await refuse(
        h.store.removalRequests.append(approvalOf(h, readable(request), disguised)),
      )

      expect(refused).toStrictEqual(conflict)
    })

    it('takes one of two that are appended at once by the same actor under two references', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId(), policy: approvers(9) })
      const actor = somebody(h)
      const twice = [recordOf(h, actor), recordOf(h, actor)]

      const outcomes = await Promise.all(
        twice.map(async record => h.store.removalRequests.append(approvalOf(h, request, record))()),
      )

      expect(outcomes.filter(E.isLeft).map(({ left }) => left)).toStrictEqual([conflict])
      const known = await succeed(h.store.actors.referenceOf(request.tenantId, request.id, actor))
      const winner = rightOf(elementAt(outcomes.filter(E.isRight), 0))
      expect(O.toNullable(known)).toBe(elementAt(winner.approvals, 0).by)
    })
  })
}
