import type { BatchId, RemovalRequestId, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import type { Actor } from '../ports/people.js'
import type { OpenStore, StoreHarness } from './harness.js'
import { elementAt, refuse, someOf, succeed, upTo } from './outcomes.js'
import {
  approvedBy,
  deniedBy,
  freshBatch,
  makerOf,
  recordOf,
  requestIn,
  somebody,
  submissionOf,
  submitted,
} from './scenarios.js'

interface Of {
  readonly tenantId: TenantId
  readonly batch: BatchId
}

const summaryOf = async ({ store }: StoreHarness, { tenantId, batch }: Of) =>
  someOf(await succeed(store.batches.summary(tenantId, batch)))

/** Closes a batch as it is. */
const closed = async (h: StoreHarness, of: Of) => {
  const { digest } = await summaryOf(h, of)
  return someOf(await succeed(h.store.batches.close(of.tenantId, of.batch, digest, h.clock.now(), false)))
}

const notMaker = { _tag: 'NotBatchMaker' }
const isClosed = { _tag: 'BatchClosed' }

/** What `Batches` promises of who makes a batch, and of its end. */
export const batchMakingContract = (open: OpenStore): void => {
  describe('making and closing', () => {
    const made = async (h: StoreHarness, count: number) => {
      const of = { tenantId: h.ids.tenantId(), batch: freshBatch(h) }
      const requests = []
      for (const _ of upTo(count)) requests.push(await submitted(h, of))
      return { ...of, requests, maker: makerOf(h, of.batch) }
    }
    const refusalOf = async ({ store }: StoreHarness, { tenantId, batch }: Of, actor: Actor) =>
      succeed(store.batches.refusalOf(tenantId, batch, actor))

    it('has a batch made by who asked first, and begun then', async () => {
      const h = await open()
      const of = await made(h, 1)
      const [first] = of.requests
      await h.clock.advance(60)
      await submitted(h, of)

      expect(await summaryOf(h, of)).toMatchObject({
        maker: first?.submittedBy,
        submittedAt: first?.submittedAt,
        closedAt: null,
      })
    })

    it.each(['person', 'application'] as const)(
      'lets a maker who is a %s add, and nobody else',
      async kind => {
        const h = await open()
        const of = { tenantId: h.ids.tenantId(), batch: freshBatch(h) }
        const maker: Actor = kind === 'person' ? somebody(h) : { kind: 'application', appId: h.ids.appId() }
        expect(await refusalOf(h, of, somebody(h))).toBeNull()
        await submitted(h, { ...of, submitter: maker })

        await submitted(h, { ...of, submitter: maker })
        const another = submissionOf(h, { ...of, submitter: somebody(h) })

        expect(await refuse(h.store.removalRequests.submit(another))).toStrictEqual(notMaker)
        expect(await refusalOf(h, of, somebody(h))).toStrictEqual(notMaker)
        expect(await refusalOf(h, of, maker)).toBeNull()
        expect((await summaryOf(h, of)).count).toBe(2)
        expect(await succeed(h.store.removalRequests.load(of.tenantId, another.requestId))).toStrictEqual(
          O.none,
        )
      },
    )

    it('knows a maker whatever application they come through, and in no other tenant', async () => {
      const h = await open()
      const [tenantId, elsewhere, batch] = [h.ids.tenantId(), h.ids.tenantId(), freshBatch(h)]
      const { userId } = { userId: h.ids.userId() }
      const through = (): Actor => ({ kind: 'person', userId, appId: h.ids.appId() })
      await submitted(h, { tenantId, batch, submitter: through() })

      await submitted(h, { tenantId, batch, submitter: through() })
      await submitted(h, { tenantId: elsewhere, batch, submitter: somebody(h) })

      expect((await summaryOf(h, { tenantId, batch })).count).toBe(2)
      expect((await summaryOf(h, { tenantId: elsewhere, batch })).count).toBe(1)
    })

    it('lets nobody add once the maker was erased', async () => {
      const h = await open()
      const of = { tenantId: h.ids.tenantId(), batch: freshBatch(h) }
      const maker = somebody(h)
      await requestIn(h, 'denied', { ...of, submitter: maker })

      await succeed(h.store.actors.erase(of.tenantId, maker))

      const again = submissionOf(h, { ...of, submitter: maker })
      expect(await refuse(h.store.removalRequests.submit(again))).toStrictEqual(notMaker)
      expect(await refusalOf(h, of, maker)).toStrictEqual(notMaker)
    })

    it('has one maker of a batch that several begin at once', async () => {
      const h = await open()
      const of = { tenantId: h.ids.tenantId(), batch: freshBatch(h) }
      const rivals = [somebody(h), somebody(h)]
      const submissions = upTo(10).map(n => submissionOf(h, { ...of, submitter: elementAt(rivals, n % 2) }))

      const outcomes = await Promise.all(
        submissions.map(async submission => h.store.removalRequests.submit(submission)()),
      )

      const taken = submissions.filter((_, index) => E.isRight(elementAt(outcomes, index)))
      expect(taken).toHaveLength(5)
      expect(new Set(taken.map(({ submitter }) => submitter.actor)).size).toBe(1)
      expect(outcomes.filter(E.isLeft).map(({ left }) => left)).toStrictEqual(upTo(5).map(() => notMaker))
      expect((await summaryOf(h, of)).count).toBe(5)
    })

    it('closes a batch as it was seen, to its maker too', async () => {
      const h = await open()
      const of = await made(h, 2)
      await h.clock.advance(60)
      const { digest } = await summaryOf(h, of)

      expect(await closed(h, of)).toStrictEqual({ digest, waits: true })

      expect(await summaryOf(h, of)).toMatchObject({ closedAt: h.clock.now(), digest, count: 2 })
      const late = submissionOf(h, { tenantId: of.tenantId, batch: of.batch })
      expect(await refuse(h.store.removalRequests.submit(late))).toStrictEqual(isClosed)
      expect(await refusalOf(h, of, of.maker)).toStrictEqual(isClosed)
      expect(await refusalOf(h, of, somebody(h))).toStrictEqual(notMaker)
      const { items } = await succeed(h.store.batches.list(of.tenantId, {}, { size: 5, after: null }))
      expect(items).toMatchObject([{ id: of.batch, closedAt: h.clock.now() }])
    })

    it('finds what is in a closed batch when all of it is sent again', async () => {
      const h = await open()
      const [tenantId, userId, batch] = [h.ids.tenantId(), h.ids.userId(), freshBatch(h)]
      const request = await submitted(h, { tenantId, userId, batch })
      await closed(h, { tenantId, batch })

      expect(
        await succeed(h.store.removalRequests.submit(submissionOf(h, { tenantId, userId, batch }))),
      ).toStrictEqual({ joined: true, request })
    })

    it('leaves a batch as it is that has another digest, or in which nothing waits', async () => {
      const h = await open()
      const of = await made(h, 1)
      const { digest } = await summaryOf(h, of)
      const grown = await submitted(h, of)
      const now = await summaryOf(h, of)

      expect(
        await succeed(h.store.batches.close(of.tenantId, of.batch, digest, h.clock.now(), false)),
      ).toStrictEqual(O.some({ digest: now.digest, waits: true }))
      for (const request of [...of.requests, grown]) await deniedBy(h, request, recordOf(h))
      expect(await closed(h, of)).toStrictEqual({ digest: now.digest, waits: false })

      expect((await summaryOf(h, of)).closedAt).toBeNull()
      expect(await refusalOf(h, of, of.maker)).toBeNull()
    })

    it('stays closed as it was at first', async () => {
      const h = await open()
      const of = await made(h, 1)
      await closed(h, of)
      const first = await summaryOf(h, of)
      await h.clock.advance(60)

      await closed(h, of)
      for (const request of of.requests) await approvedBy(h, request, recordOf(h))

      expect((await summaryOf(h, of)).closedAt).toBe(first.closedAt)
      expect(await closed(h, of)).toStrictEqual({ digest: first.digest, waits: false })
    })

    it('closes no batch of another tenant, and none that is not there', async () => {
      const h = await open()
      const of = await made(h, 1)
      const { digest } = await summaryOf(h, of)

      const elsewhere = await succeed(
        h.store.batches.close(h.ids.tenantId(), of.batch, digest, h.clock.now(), false),
      )

      expect(elsewhere).toStrictEqual(O.none)
      expect((await summaryOf(h, of)).closedAt).toBeNull()
    })

    it('takes nothing in between the look at a batch and its end', async () => {
      const h = await open()
      const of = await made(h, 1)
      const submissions = upTo(30).map(() => submissionOf(h, of))
      const add = async () =>
        Promise.all(submissions.map(async submission => h.store.removalRequests.submit(submission)()))
      const close = async (): Promise<ReadonlySet<RemovalRequestId>> => {
        for (;;) {
          const members = someOf(
            await succeed(h.store.batches.members(of.tenantId, of.batch, ['pendingApproval'], null, 100)),
          )
          const before = await summaryOf(h, of)
          const standing = someOf(
            await succeed(h.store.batches.close(of.tenantId, of.batch, before.digest, h.clock.now(), false)),
          )
          if (standing.digest === before.digest && members.length === before.count) return new Set(members)
        }
      }

      const [added, seen] = await Promise.all([add(), close()])

      const after = await summaryOf(h, of)
      const members = someOf(
        await succeed(h.store.batches.members(of.tenantId, of.batch, ['pendingApproval'], null, 100)),
      )
      expect(new Set(members)).toStrictEqual(seen)
      expect(after.count).toBe(seen.size)
      expect(added.filter(E.isRight)).toHaveLength(seen.size - 1)
      expect(new Set(added.filter(E.isLeft).map(({ left }) => left._tag))).toStrictEqual(
        new Set(seen.size === 31 ? [] : ['BatchClosed']),
      )
    })

    it('knows who decided any of a batch, and how', async () => {
      const h = await open()
      const of = await made(h, 3)
      const [approver, denier] = [recordOf(h), recordOf(h)]
      await approvedBy(h, elementAt(of.requests, 1), approver)
      await deniedBy(h, elementAt(of.requests, 2), denier)
      const has = async ({ actor }: { readonly actor: Actor }, decided: 'approved' | 'denied') =>
        succeed(
          h.store.batches.hasDecided(
            of.tenantId,
            of.batch,
            actor,
            decided === 'approved' ? { kind: decided } : { kind: decided, code: 'legalClaims' },
          ),
        )

      expect([await has(approver, 'approved'), await has(approver, 'denied')]).toStrictEqual([true, false])
      expect([await has(denier, 'approved'), await has(denier, 'denied')]).toStrictEqual([false, true])
      expect(await has({ actor: of.maker }, 'approved')).toBe(false)
      const otherCode = { kind: 'denied', code: 'duplicate' } as const
      expect(await succeed(h.store.batches.hasDecided(of.tenantId, of.batch, denier.actor, otherCode))).toBe(
        false,
      )
      const elsewhere = await made(h, 1)
      expect(
        await succeed(
          h.store.batches.hasDecided(elsewhere.tenantId, elsewhere.batch, approver.actor, {
            kind: 'approved',
          }),
        ),
      ).toBe(false)
    })
  })
}
