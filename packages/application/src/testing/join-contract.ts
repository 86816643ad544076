import { batchesOf, type RemovalRequest } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { OpenStore } from './harness.js'
import { refuse, rightOf, someOf, succeed, upTo } from './outcomes.js'
import {
  endedStates,
  freshBatch,
  joinedBy,
  joinOf,
  makerOf,
  openStates,
  recordOf,
  requestIn,
  somebody,
  submissionOf,
  submitted,
} from './scenarios.js'

const conflict = { _tag: 'VersionConflict' }

/** What `RemovalRequests` and `Batches` promise of requests that are joined. */
export const joinContract = (open: OpenStore): void => {
  describe('join', () => {
    it.each(openStates)('records who joined a request that is %s, and what that brought', async state => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const first = await requestIn(h, state, { tenantId, receivedAt: h.clock.now() })
      const by = recordOf(h)

      const joined = await joinedBy(h, first, by)

      expect(joined.joins).toMatchObject([{ by: by.reference }])
      expect(await succeed(h.store.removalRequests.load(tenantId, first.id))).toStrictEqual(O.some(joined))
      expect([...(await succeed(h.store.actors.resolve(tenantId, [by.reference])))]).toStrictEqual([
        [by.reference, by.actor],
      ])
    })

    it('has the due date that it moved found, and counted', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId(), receivedAt: h.clock.now() })
      const before = request.dueAt
      const joined = await joinedBy(h, request, recordOf(h), { receivedDaysAgo: 20 })

      const list = await succeed(
        h.store.removalRequests.list(request.tenantId, { dueBefore: before }, { size: 10, after: null }),
      )
      expect(joined.dueAt < before).toBe(true)
      expect(list.items.map(({ id }) => id)).toStrictEqual([request.id])
      expect(await succeed(h.store.removalRequests.overdue(request.tenantId, before))).toBe(1)
    })

    it('makes a request a part of each batch that it was joined with, and counts it in each', async () => {
      const h = await open()
      const tenantId = h.ids.tenantId()
      const [one, two] = [freshBatch(h), freshBatch(h)]
      const own = await submitted(h, { tenantId, batch: one })
      const other = await submitted(h, { tenantId, batch: two })

      const joined = await joinedBy(h, own, recordOf(h, makerOf(h, two)), { batch: two })

      expect(batchesOf(joined)).toStrictEqual([one, two])
      for (const [batch, ids] of [
        [one, [own.id]],
        [two, [own.id, other.id].toSorted()],
      ] as const) {
        const summary = someOf(await succeed(h.store.batches.summary(tenantId, batch)))
        expect(summary).toMatchObject({
          count: ids.length,
          states: new Map([['pendingApproval', ids.length]]),
        })
        expect(summary.sample.toSorted()).toStrictEqual(ids)
        expect(summary.homeTenantCount).toBe(ids.length)
        const waiting = await succeed(h.store.batches.members(tenantId, batch, ['pendingApproval'], null, 10))
        expect(waiting).toStrictEqual(O.some(ids))
        const { items } = await succeed(
          h.store.removalRequests.list(tenantId, { batch }, { size: 10, after: null }),
        )
        expect(items.map(({ id }) => id).toSorted()).toStrictEqual(ids)
      }
      const listed = await succeed(h.store.batches.list(tenantId, {}, { size: 10, after: null }))
      expect(new Map(listed.items.map(({ id, count }) => [id, count]))).toStrictEqual(
        new Map([
          [one, 1],
          [two, 2],
        ]),
      )
    })

    it('begins a batch that has no request yet, made by the one who joined', async () => {
      const h = await open()
      const request = await submitted(h, { tenantId: h.ids.tenantId() })
      const batch = freshBatch(h)
      await h.clock.advance(1)
      const by = recordOf(h)

      await joinedBy(h, request, by, { batch })

      const summary = someOf(await succeed(h.store.batches.summary(request.tenantId, batch)))
      expect(summary).toMatchObject({ count: 1, maker: by.reference, submittedAt: h.clock.now() })
      expect(await succeed(h.store.batches.refusalOf(request.tenantId, batch, by.actor))).toBeNull()
      expect(await succeed(h.store.batches.refusalOf(request.tenantId, batch, somebody(h)))).toStrictEqual({
        _tag: 'NotBatchMaker',
      })
    })

    it.each(endedStates)('has a request found in its batches once it is %s', async state => {
      const h = await open()
      const [tenantId, userId, batch] = [h.ids.tenantId(), h.ids.userId(), freshBatch(h)]
      const maker = makerOf(h, batch)
      // So that there is a request to join and then to end in every way.
      const ended = await endedAfterJoining(h, state, { tenantId, userId }, { batch, maker })

      const again = await succeed(
        h.store.removalRequests.submit(submissionOf(h, { tenantId, userId, batch, submitter: maker })),
      )

      expect(again).toStrictEqual({ joined: true, request: ended })
      expect(await succeed(h.store.batches.requestFor(tenantId, batch, userId))).toStrictEqual(O.some(ended))
      const { items } = await succeed(
        h.store.removalRequests.list(tenantId, { batch, states: [state] }, { size: 10, after: null }),
      )
      expect(items).toStrictEqual([ended])
    })

    it('prefers the request of the batch to one that is open elsewhere', async () => {
      const h = await open()
      const [tenantId, userId, batch] = [h.ids.tenantId(), h.ids.userId(), freshBatch(h)]
      const ended = await requestIn(h, 'denied', { tenantId, userId, batch })
      const elsewhere = await submitted(h, { tenantId, userId })

      const again = await succeed(
        h.store.removalRequests.submit(submissionOf(h, { tenantId, userId, batch })),
      )

      expect(again).toStrictEqual({ joined: true, request: ended })
      const join = joinOf(h, elsewhere, recordOf(h, makerOf(h, batch)), { batch })
      expect(await refuse(h.store.removalRequests.append(join))).toStrictEqual(conflict)
    })

    it('adds nothing to a batch of somebody else, nor to one that is closed', async () => {
      const h = await open()
      const [tenantId, batch] = [h.ids.tenantId(), freshBatch(h)]
      await submitted(h, { tenantId, batch })
      const request = await submitted(h, { tenantId })
      const append = async (by: ReturnType<typeof recordOf>) =>
        refuse(h.store.removalRequests.append(joinOf(h, request, by, { batch })))

      expect(await append(recordOf(h))).toStrictEqual(conflict)
      const { digest } = someOf(await succeed(h.store.batches.summary(tenantId, batch)))
      await succeed(h.store.batches.close(tenantId, batch, digest, h.clock.now(), false))
      expect(await append(recordOf(h, makerOf(h, batch)))).toStrictEqual(conflict)

      expect(someOf(await succeed(h.store.batches.summary(tenantId, batch)))).toMatchObject({
        count: 1,
        digest,
      })
      expect(await succeed(h.store.removalRequests.load(tenantId, request.id))).toStrictEqual(O.some(request))
    })

    it('has one maker of a batch that several begin at once', async () => {
      const h = await open()
      const [tenantId, batch] = [h.ids.tenantId(), freshBatch(h)]
      const requests = await Promise.all(upTo(6).map(async () => submitted(h, { tenantId })))
      const rivals = [recordOf(h), recordOf(h)].map(({ actor }) => actor)
      const joins = requests.map((request, index) =>
        joinOf(h, request, recordOf(h, rivals[index % 2]), { batch }),
      )

      const outcomes = await Promise.all(joins.map(async join => h.store.removalRequests.append(join)()))

      const summary = someOf(await succeed(h.store.batches.summary(tenantId, batch)))
      const taken = outcomes.filter(E.isRight).map(rightOf)
      expect(summary.sample.toSorted()).toStrictEqual(taken.map(({ id }) => id).toSorted())
      const makers = await succeed(
        h.store.actors.resolve(
          tenantId,
          taken.flatMap(({ joins: theirs }) => theirs.map(({ by }) => by)),
        ),
      )
      expect(taken.length).toBeGreaterThan(0)
      expect(new Set([...makers.values()].map(actor => JSON.stringify(actor))).size).toBe(1)
    })

    it('takes all of many joins with one batch at once, by one person', async () => {
      const h = await open()
      const [tenantId, batch] = [h.ids.tenantId(), freshBatch(h)]
      const requests = await Promise.all(upTo(20).map(async () => submitted(h, { tenantId })))
      const { actor } = recordOf(h)

      await Promise.all(requests.map(async request => joinedBy(h, request, recordOf(h, actor), { batch })))

      expect(someOf(await succeed(h.store.batches.summary(tenantId, batch))).count).toBe(20)
    })
  })
}

type Harness = Parameters<typeof joinedBy>[0]

/** A request that was joined with a batch, and ended after that. */
const endedAfterJoining = async (
  h: Harness,
  state: (typeof endedStates)[number],
  wish: Parameters<typeof requestIn>[2],
  {
    batch,
    maker,
  }: { readonly batch: ReturnType<typeof freshBatch>; readonly maker: ReturnType<typeof somebody> },
): Promise<RemovalRequest> => {
  const joining = async (request: RemovalRequest): Promise<RemovalRequest> =>
    joinedBy(h, request, recordOf(h, maker), { batch })
  return requestIn(h, state, wish, joining)
}
