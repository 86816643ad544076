import {
  isUnreadableView,
  approveBatch,
  approveRemoval,
  type BatchProgress,
  denyBatch,
  getBatch,
  retryBatch,
  submitRemoval,
  withdrawBatch,
} from '@lethe/application'
import { decoded, elementAt, refuse, succeed, upTo } from '@lethe/application/testing'
import { BatchId, type Hash, type RemovalRequestId } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { freshIds } from '../fresh-ids.js'
import { inMemoryProfiles } from '../../src/index.js'
import { approved, denied, submitted } from './acts.js'
import { administrator, administratorAndOfficer, bob, type Claims, granted } from './people.js'
import { work } from './worker.js'
import { bobIn, createWorld, graph, requestOf, type World, type WorldWish } from './world.js'

/** A world with a batch of so many requests in it. */
const batchWorld = async (count: number, wish: WorldWish = {}) => {
  const world = createWorld(wish)
  const profiles = upTo(count).map(() => ({ ...bobIn(freshIds.tenantId()), userId: freshIds.userId() }))
  const { inboundProfiles } = inMemoryProfiles(graph, new Map([[world.tenantId, profiles]]))
  const deps = { ...world.deps, batches: world.store.batches, inboundProfiles }
  const batch = decoded(BatchId, freshIds.tenantId())
  const submit = async (userId = elementAt(profiles, 0).userId) =>
    succeed(submitRemoval(deps)({ grant: granted('submit', world.adele), userId, receivedAt: null, batch }))
  const ids: Array<RemovalRequestId> = []
  for (const { userId } of profiles) ids.push((await submit(userId)).request.id)
  const preview = async () =>
    succeed(getBatch(deps)({ grant: granted('getRemovalRequest', world.megan), id: batch }))
  const deciding = { ...deps, atOnce: 4 }
  const approve = (digest: Hash, by: Claims = world.megan, after: RemovalRequestId | null = null) =>
    approveBatch(deciding)({ grant: granted('approve', by), id: batch, digest, after })
  return { world, deps, deciding, batch, ids, submit, preview, approve }
}

const statesOf = async (world: World, ids: ReadonlyArray<RemovalRequestId>) =>
  Promise.all(ids.map(async id => (await requestOf(world, id)).state))

describe('getBatch', () => {
  it('shows what an approver decides on', async () => {
    const { world, batch, ids, preview } = await batchWorld(3)

    const { id, maker, summary, sample } = await preview()

    expect(id).toBe(batch)
    expect(maker).toMatchObject({ kind: 'person', userId: world.adele.oid })
    expect(summary).toMatchObject({ count: 3, homeTenantCount: 3 })
    expect(sample.map(view => view.request.id).toSorted()).toStrictEqual(ids.toSorted())
    expect(sample.every(view => !isUnreadableView(view) && view.userId !== null)).toBe(true)
  })

  it('finds nothing where there is no such batch', async () => {
    const { world, deps } = await batchWorld(1)
    const id = decoded(BatchId, freshIds.tenantId())

    expect(
      await refuse(getBatch(deps)({ grant: granted('getRemovalRequest', world.megan), id })),
    ).toStrictEqual({ _tag: 'BatchNotFound', id })
  })
})

describe('approveBatch', () => {
  it('approves all of it, in parts that go on where the one before stopped', async () => {
    const { world, ids, preview, approve } = await batchWorld(10)
    const { digest } = (await preview()).summary

    const decided: Array<number> = []
    let after: RemovalRequestId | null = null
    do {
      const progress: BatchProgress = await succeed(approve(digest, world.megan, after))
      decided.push(progress.decided)
      after = progress.next
    } while (after !== null)

    expect(decided).toStrictEqual([4, 4, 2])
    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['approved']))
  })

  it('decides nothing of a batch that is not the one that was looked at', async () => {
    const { world, ids, preview, approve, deps, batch } = await batchWorld(3)
    const { digest } = (await preview()).summary
    const late = { ...bobIn(freshIds.tenantId()), userId: freshIds.userId() }
    const { inboundProfiles } = inMemoryProfiles(graph, new Map([[world.tenantId, [late]]]))
    await succeed(
      submitRemoval({ ...deps, inboundProfiles })({
        grant: granted('submit', world.adele),
        userId: late.userId,
        receivedAt: null,
        batch,
      }),
    )

    expect(await refuse(approve(digest))).toStrictEqual({ _tag: 'BatchChanged' })
    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['pendingApproval']))
  })

  it('refuses whoever asked, and leaves everything as it is', async () => {
    const { world, ids, preview, approve } = await batchWorld(3)
    const { digest } = (await preview()).summary
    const both: Claims = { ...world.megan, oid: world.adele.oid }

    expect(await succeed(approve(digest, both))).toStrictEqual({
      decided: 0,
      refused: new Map([['SelfApproval', 3]]),
      next: null,
    })
    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['pendingApproval']))
  })

  it('refuses a decision of what nothing waits for, to the one who made none', async () => {
    const { world, ids, preview, approve } = await batchWorld(2)
    const { digest } = (await preview()).summary
    for (const id of ids) await approved(world, id, world.megan)

    expect(await refuse(approve(digest, world.isaiah))).toStrictEqual({ _tag: 'NothingWaits' })
    expect(await succeed(approve(digest, world.megan))).toStrictEqual({
      decided: 0,
      refused: new Map(),
      next: null,
    })
    expect((await preview()).summary.closedAt).toBeNull()
  })

  it('closes the batch, so that nothing is added to what was decided', async () => {
    const { world, deps, batch, preview, approve, submit } = await batchWorld(3)
    const { digest } = (await preview()).summary
    await succeed(approve(digest))
    const late = { ...bobIn(freshIds.tenantId()), userId: freshIds.userId() }
    const { inboundProfiles } = inMemoryProfiles(graph, new Map([[world.tenantId, [late]]]))

    const adding = submitRemoval({ ...deps, inboundProfiles })({
      grant: granted('submit', world.adele),
      userId: late.userId,
      receivedAt: null,
      batch,
    })

    expect(await refuse(adding)).toStrictEqual({ _tag: 'BatchClosed' })
    expect((await preview()).summary).toMatchObject({ closedAt: world.clock.now(), digest, count: 3 })
    expect((await submit()).joined).toBe(true)
  })

  it('decides what joined the batch with all of it', async () => {
    const { world, deps, batch, ids, preview, approve } = await batchWorld(2)
    const working = { ...deps, inboundProfiles: world.graphData.inboundProfiles }
    const elsewhere = await submitted(world, administratorAndOfficer(world.tenantId))
    await succeed(
      submitRemoval(working)({
        grant: granted('submit', world.adele),
        userId: bob,
        receivedAt: null,
        batch,
      }),
    )
    const { digest, count } = (await preview()).summary

    expect(count).toBe(3)
    expect(await succeed(approve(digest))).toMatchObject({ decided: 3 })

    expect(await statesOf(world, [...ids, elsewhere.request.id])).toStrictEqual(upTo(3).map(() => 'approved'))
  })

  it('leaves what was decided otherwise, and may be repeated', async () => {
    const { world, ids, preview, approve } = await batchWorld(4)
    const { digest } = (await preview()).summary
    await denied(world, elementAt(ids, 1), world.isaiah)

    expect(await succeed(approve(digest))).toStrictEqual({ decided: 3, refused: new Map(), next: null })
    expect(await succeed(approve(digest))).toStrictEqual({ decided: 0, refused: new Map(), next: null })
    expect((await statesOf(world, ids)).toSorted()).toStrictEqual([
      'approved',
      'approved',
      'approved',
      'denied',
    ])
  })

  it('shows nobody, and gets what it takes to act for the approver once', async () => {
    const { deciding, batch, preview, world } = await batchWorld(3)
    const { digest } = (await preview()).summary
    const keepers = new Set<object>()
    const kept: Array<RemovalRequestId> = []
    const unexpected = (): never => {
      throw new Error('Nobody is shown')
    }
    const forMany = () => {
      const keeper = {
        keep: ({ requestId }: { readonly requestId: RemovalRequestId }) => {
          kept.push(requestId)
          return TE.right(undefined)
        },
      }
      keepers.add(keeper)
      return keeper
    }
    const deps = {
      ...deciding,
      subjects: { resolve: unexpected },
      actors: { ...deciding.actors, resolve: unexpected },
      signIns: { keep: unexpected, forMany },
    }

    await succeed(
      approveBatch(deps)({ grant: granted('approve', world.megan), id: batch, digest, after: null }),
    )

    expect([keepers.size, kept.length]).toStrictEqual([1, 3])
  })

  it('asks for as many approvers as the policy does', async () => {
    const { world, ids, preview, approve } = await batchWorld(3, {
      approval: { mode: 'approvers', required: 2 },
    })
    const { digest } = (await preview()).summary

    await succeed(approve(digest, world.megan))
    await succeed(approve(digest, world.megan))
    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['pendingApproval']))
    await succeed(approve(digest, world.isaiah))

    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['approved']))
  })
})

describe('denyBatch', () => {
  it('denies all of it for one reason', async () => {
    const { world, deciding, batch, ids, preview } = await batchWorld(3)
    const { digest } = (await preview()).summary
    const deny = (code: 'legalClaims' | 'other') =>
      denyBatch(deciding)({
        grant: granted('deny', world.megan),
        id: batch,
        digest,
        after: null,
        code,
        note: null,
      })

    expect(await refuse(deny('other'))).toStrictEqual({ _tag: 'NoteRequired' })
    expect(await succeed(deny('legalClaims'))).toMatchObject({ decided: 3, next: null })

    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['denied']))
  })
})

describe('withdrawBatch', () => {
  it('withdraws all of it that can be, part by part', async () => {
    const { world, deciding, batch, ids } = await batchWorld(6)
    await denied(world, elementAt(ids, 2), world.isaiah)
    const withdraw = (after: RemovalRequestId | null) =>
      succeed(withdrawBatch(deciding)({ grant: granted('withdraw', world.adele), id: batch, after }))

    const first = await withdraw(null)
    expect(first).toMatchObject({ decided: 4, next: elementAt(ids.toSorted(), 4) })
    expect(await withdraw(first.next)).toMatchObject({ decided: 1, next: null })
    expect(await withdraw(null)).toMatchObject({ decided: 0, next: null })

    expect((await statesOf(world, ids)).filter(state => state === 'withdrawn')).toHaveLength(5)
  })

  it("leaves others' requests to the one who may withdraw only their own", async () => {
    const { world, deciding, batch, ids } = await batchWorld(2)
    const withdraw = (by: Claims) =>
      withdrawBatch(deciding)({ grant: granted('withdraw', by), id: batch, after: null })

    expect(await succeed(withdraw(administrator(world.tenantId)))).toStrictEqual({
      decided: 0,
      refused: new Map([['NotSubmitter', 2]]),
      next: null,
    })
    expect(await succeed(withdraw(world.megan))).toMatchObject({ decided: 2 })
    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['withdrawn']))
  })
})

describe('retryBatch', () => {
  it('retries what failed of it, with one sign-in for all', async () => {
    const { world, deciding, batch, ids, preview, approve } = await batchWorld(3)
    await succeed(approve((await preview()).summary.digest))
    world.configure([])
    await work(world)
    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['failed']))
    let keepers = 0
    const signIns = {
      ...world.deps.signIns,
      forMany: () => {
        keepers += 1
        return world.deps.signIns
      },
    }
    const retry = () =>
      retryBatch({ ...deciding, signIns })({ grant: granted('retry', world.adele), id: batch, after: null })

    expect(await succeed(retry())).toStrictEqual({ decided: 3, refused: new Map(), next: null })
    expect(keepers).toBe(1)
    expect(new Set(await statesOf(world, ids))).toStrictEqual(new Set(['approved']))
    expect(await succeed(retry())).toMatchObject({ decided: 0 })
  })

  it.each(['retry', 'withdraw'] as const)('%s finds no batch that is not there', async what => {
    const { world, deciding } = await batchWorld(1)
    const id = decoded(BatchId, freshIds.tenantId())
    const acted =
      what === 'retry'
        ? retryBatch(deciding)({ grant: granted(what, world.adele), id, after: null })
        : withdrawBatch(deciding)({ grant: granted(what, world.adele), id, after: null })

    expect(await refuse(acted)).toStrictEqual({ _tag: 'BatchNotFound', id })
  })
})

describe('submitRemoval in a batch', () => {
  it('joins the request of the batch when it is repeated, though the profile is gone', async () => {
    const { world, deps, batch } = await batchWorld(1)
    const input = { grant: granted('submit', world.adele), userId: bob, receivedAt: null, batch }
    const working = { ...deps, inboundProfiles: world.graphData.inboundProfiles }
    const { request } = await succeed(submitRemoval(working)(input))
    await succeed(approveRemoval(deps)({ grant: granted('approve', world.megan), id: request.id }))
    await work(world)
    expect((await requestOf(world, request.id)).state).toBe('completed')

    const again = await succeed(submitRemoval(working)(input))

    expect(again.joined).toBe(true)
    expect(again.request.id).toBe(request.id)
    expect(await refuse(submitRemoval(working)({ ...input, batch: null }))).toStrictEqual({
      _tag: 'ProfileNotFound',
      userId: bob,
    })
  })
})
