import type { ActorReference, RemovalRequest, TenantId } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { Actor } from '../ports/people.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { historyOf } from './histories.js'
import { elementAt, succeed } from './outcomes.js'
import { approvedBy, approvers, deniedBy, recordOf, requestIn, somebody, submitted } from './scenarios.js'

/**
 * What the port `Actors` promises.
 *
 * @param name of the adapter.
 */
export const actorsContract = (name: string, open: OpenStore): void => {
  describe(`actors: ${name}`, () => {
    it('gives the reference under which somebody acted, whatever application they come through', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const userId = h.ids.userId()
      const record = recordOf(h, { kind: 'person', userId, appId: h.ids.appId() })
      const request = await approvedBy(h, await submitted(h, { tenantId }), record)

      for (const appId of [h.ids.appId(), null])
        expect(await referenceOf(h, request, { kind: 'person', userId, appId })).toBe(record.reference)
    })

    it('gives the reference of the submitter, person or application', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const application: Actor = { kind: 'application', appId: h.ids.appId() }

      for (const submitter of [somebody(h), application]) {
        const request = await submitted(h, { tenantId, submitter })
        expect(await referenceOf(h, request, submitter)).toBe(request.submittedBy)
      }
    })

    it('keeps a person apart from the application that they come through', async () => {
      const h = await open()
      const appId = h.ids.appId()
      const submitter: Actor = { kind: 'person', userId: h.ids.userId(), appId }
      const request = await submitted(h, { tenantId: h.ids.tenantId(), submitter })

      expect(await referenceOf(h, request, { kind: 'application', appId })).toBeNull()
    })

    it('gives a reference for the one request only, in the one tenant', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const submitter = somebody(h)
      const one = await submitted(h, { tenantId, submitter })
      const other = await submitted(h, { tenantId })

      expect(await referenceOf(h, other, submitter)).toBeNull()
      expect(await referenceOf(h, { ...one, tenantId: h.ids.tenantId() }, submitter)).toBeNull()
      const again = await submitted(h, { tenantId, submitter })
      expect(await referenceOf(h, again, submitter)).toBe(again.submittedBy)
      expect(again.submittedBy).not.toBe(one.submittedBy)
    })

    it('resolves references, and leaves out unknown ones and those of other tenants', async () => {
      const h = await open()
      const [tenantId, foreign] = [h.ids.tenantId(), h.ids.tenantId()]
      const [submitter, approver] = [somebody(h), recordOf(h)]
      const request = await approvedBy(h, await submitted(h, { tenantId, submitter }), approver)
      const elsewhere = await submitted(h, { tenantId: foreign })
      const asked = [
        request.submittedBy,
        approver.reference,
        elsewhere.submittedBy,
        h.ids.identifiers.actorReference(),
      ]

      expect(await resolved(h, tenantId, asked)).toStrictEqual(
        new Map([
          [request.submittedBy, submitter],
          [approver.reference, approver.actor],
        ]),
      )
      expect((await resolved(h, foreign, [request.submittedBy])).size).toBe(0)
      expect((await resolved(h, tenantId, [])).size).toBe(0)
    })

    it('erases an actor in all requests that have ended, and keeps them in those that are open', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const userId = h.ids.userId()
      const through = (): Actor => ({ kind: 'person', userId, appId: h.ids.appId() })
      const ended = [
        await requestIn(h, 'denied', { tenantId, submitter: through() }),
        await requestIn(h, 'completed', { tenantId, submitter: through() }),
        await deniedBy(h, await submitted(h, { tenantId }), recordOf(h, through())),
      ]
      const kept = await requestIn(h, 'failed', { tenantId, submitter: through() })
      await submitted(h, { tenantId })

      const erasure = await succeed(h.store.actors.erase(tenantId, through()))

      expect(erasure).toStrictEqual({ erased: 3, kept: 1 })
      for (const request of ended) expect(await referenceOf(h, request, through())).toBeNull()
      const references = [...ended, kept].map(({ submittedBy }) => submittedBy)
      const left = await resolved(h, tenantId, references)
      expect([...left.keys()].toSorted()).toStrictEqual(
        [elementAt(references, 2), kept.submittedBy].toSorted(),
      )
      expect(await referenceOf(h, kept, through())).toBe(kept.submittedBy)
    })

    it('erases nobody else, nobody elsewhere, and nobody twice', async () => {
      const h = await open()
      const [tenantId, foreign] = [h.ids.tenantId(), h.ids.tenantId()]
      const submitter = somebody(h)
      const approver = recordOf(h)
      const here = await deniedBy(h, await submitted(h, { tenantId, submitter }), approver)
      const elsewhere = await requestIn(h, 'denied', { tenantId: foreign, submitter })

      await succeed(h.store.actors.erase(tenantId, submitter))

      expect(await referenceOf(h, here, approver.actor)).toBe(approver.reference)
      expect(await referenceOf(h, elsewhere, submitter)).toBe(elsewhere.submittedBy)
      expect(await succeed(h.store.actors.erase(tenantId, submitter))).toStrictEqual({ erased: 0, kept: 0 })
    })

    it('leaves the requests and their histories as they are', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const submitter = somebody(h)
      const request = await requestIn(h, 'completed', { tenantId, submitter, policy: approvers(1) })
      const before = await historyOf(h, request)

      await succeed(h.store.actors.erase(tenantId, submitter))

      expect(await historyOf(h, request)).toStrictEqual(before)
      expect(await succeed(h.store.removalRequests.load(tenantId, request.id))).toStrictEqual(O.some(request))
    })
  })
}

const referenceOf = async (
  { store }: StoreHarness,
  { tenantId, id }: RemovalRequest,
  actor: Actor,
): Promise<ActorReference | null> =>
  O.toNullable(await succeed(store.actors.referenceOf(tenantId, id, actor)))

const resolved = async (
  { store }: StoreHarness,
  tenantId: TenantId,
  references: ReadonlyArray<ActorReference>,
): Promise<Map<ActorReference, Actor>> => new Map(await succeed(store.actors.resolve(tenantId, references)))
