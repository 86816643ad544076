import { approveRemoval, performRemoval, submitRemoval } from '@lethe/application'
import { decoded, refuse, someOf, succeed } from '@lethe/application/testing'
import { addSeconds, BatchId, type Instant, type RemovalRequestId } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { freshIds } from '../fresh-ids.js'
import { accountOf, sound, watched } from './accounts.js'
import { approved, denied, submitted, submittedAndApproved } from './acts.js'
import { administrator, administratorAndOfficer, bob, type Claims, granted } from './people.js'
import { under } from './ports-under-hook.js'
import { refused, scripted } from './scripted-holder.js'
import { stepped, takeTurns } from './stepping.js'
import { work } from './worker.js'
import { createWorld, eventTypesOf, requestOf, type World } from './world.js'

interface Asked {
  readonly by?: Claims
  readonly receivedAt?: Instant
  readonly batch?: BatchId
}

const inputOf = ({ adele }: World, { by = adele, receivedAt, batch }: Asked = {}) => ({
  grant: granted('submit', by),
  userId: bob,
  receivedAt: receivedAt ?? null,
  batch: batch ?? null,
})

const ask = async (world: World, asked?: Asked) => succeed(submitRemoval(world.deps)(inputOf(world, asked)))

const freshBatch = (): BatchId => decoded(BatchId, freshIds.tenantId())

/** A request that failed, and whose holder would take the next call. */
const failedIn = async (world: World): Promise<RemovalRequestId> => {
  world.configure([
    scripted(world.graphData.holder, world.clock.now, { removes: [{ problem: refused, effect: false }] }),
  ])
  const { id } = await submittedAndApproved(world)
  await work(world)
  expect((await requestOf(world, id)).state).toBe('failed')
  return id
}

describe('a second submission for a profile', () => {
  it('records who else asked, once', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    const lee = administrator(world.tenantId)

    const first = await ask(world, { by: lee })
    const again = await ask(world, { by: { ...lee, appid: freshIds.appId() } })

    expect([first.joined, again.joined]).toStrictEqual([true, true])
    expect(await eventTypesOf(world, request.id)).toStrictEqual(['removalRequested', 'requestJoined'])
    const view = await succeed(again.view)
    expect(view.request.joins.map(({ by }) => view.actors.get(by))).toMatchObject([{ userId: lee.oid }])
  })

  it('by the same person, with nothing new, records nothing', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    world.clock.advance(3600)

    expect((await ask(world)).request).toStrictEqual(request)
    expect(await eventTypesOf(world, request.id)).toStrictEqual(['removalRequested'])
  })

  it('moves the due date where the person asked earlier', async () => {
    const world = createWorld({ expiresAfterDays: 10 })
    const { request } = await submitted(world)
    const receivedAt = addSeconds(world.clock.now(), -25 * 86_400)

    const joined = await ask(world, { receivedAt })

    expect(joined.request).toMatchObject({ receivedAt, dueAt: '2026-03-05T23:59:59.000Z' })
    expect(joined.request.dueAt < request.dueAt).toBe(true)
    expect(joined.request.expiresAt).toBe(request.expiresAt)
  })

  it('adds the request to its batch, beside the one that it was made in', async () => {
    const world = createWorld()
    const [one, two] = [freshBatch(), freshBatch()]
    const lee = administrator(world.tenantId)
    const first = await ask(world, { batch: one })

    const joined = await ask(world, { by: lee, batch: two })

    expect(joined.request.id).toBe(first.request.id)
    for (const batch of [one, two]) {
      const summary = someOf(await succeed(world.store.batches.summary(world.tenantId, batch)))
      expect(summary.sample).toStrictEqual([first.request.id])
    }
  })

  it('with a batch that the request is in already asks for nothing of that batch, no matter who made it', async () => {
    const world = createWorld()
    const batch = freshBatch()
    await ask(world, { batch })
    const { digest } = someOf(await succeed(world.store.batches.summary(world.tenantId, batch)))
    await succeed(world.store.batches.close(world.tenantId, batch, digest, world.clock.now(), false))

    const joined = await ask(world, { by: administrator(world.tenantId), batch })

    expect(joined.request.joins).toMatchObject([{ batch: null }])
  })

  it.each(['its maker', 'somebody else'] as const)('is refused by a closed batch to %s', async who => {
    const world = createWorld()
    const batch = freshBatch()
    const { tenantId, store } = world
    const other = { ...inputOf(world, { batch }), userId: freshIds.userId() }
    const deps = {
      ...world.deps,
      inboundProfiles: {
        get: () => TE.right(O.some({ ...profile, userId: other.userId })),
      },
    }
    await succeed(submitRemoval(deps)(other))
    const { digest } = someOf(await succeed(store.batches.summary(tenantId, batch)))
    await succeed(store.batches.close(tenantId, batch, digest, world.clock.now(), false))
    const { request } = await submitted(world)
    const by = who === 'its maker' ? world.adele : administrator(tenantId)

    expect(await refuse(submitRemoval(world.deps)(inputOf(world, { by, batch })))).toStrictEqual({
      _tag: who === 'its maker' ? 'BatchClosed' : 'NotBatchMaker',
    })
    expect((await requestOf(world, request.id)).version).toBe(1)
  })

  it.each(['the same person', 'somebody else'] as const)('by %s retries what failed', async who => {
    const world = createWorld()
    const id = await failedIn(world)
    const by = who === 'the same person' ? world.adele : administrator(world.tenantId)
    const kept: Array<RemovalRequestId> = []
    const signIns = {
      keep: ({ requestId }: { readonly requestId: RemovalRequestId }) => {
        kept.push(requestId)
        return TE.right(undefined)
      },
    }

    const { request } = await succeed(submitRemoval({ ...world.deps, signIns })(inputOf(world, { by })))

    expect(request).toMatchObject({ id, state: 'removing' })
    expect(kept).toStrictEqual([id])
    await work(world)
    expect((await requestOf(world, id)).state).toBe('completed')
  })

  it('lets the one who joined approve, and not the one who submitted', async () => {
    const world = createWorld()
    const both = administratorAndOfficer(world.tenantId)
    const { request } = await ask(world, { by: both })
    const lee = administratorAndOfficer(world.tenantId)
    await ask(world, { by: lee })

    expect(
      await refuse(approveRemoval(world.deps)({ grant: granted('approve', both), id: request.id })),
    ).toStrictEqual({ _tag: 'SelfApproval' })
    expect((await approved(world, request.id, lee)).request.state).toBe('approved')
  })

  it('makes a request of its own where the first one ends at that moment', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    let isFirst = true
    const removalRequests: World['deps']['removalRequests'] = {
      ...world.deps.removalRequests,
      submit: submission => async () => {
        const answer = await world.store.removalRequests.submit(submission)()
        if (isFirst) await denied(world, request.id, world.megan)
        isFirst = false
        return answer
      },
    }
    const lee = administrator(world.tenantId)

    const { joined, request: own } = await succeed(
      submitRemoval({ ...world.deps, removalRequests })(inputOf(world, { by: lee })),
    )

    expect(joined).toBe(false)
    expect(own.id).not.toBe(request.id)
    expect(await eventTypesOf(world, request.id)).toStrictEqual(['removalRequested', 'removalDenied'])
  })
})

it('a join in the middle of the work leaves all of it done, once, whenever it comes', async () => {
  for (let before = 0; before < 16; before += 1) {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    const holder = watched(world, () => id, world.graphData.holder)
    world.configure([holder])
    const [held] = await succeed(world.store.jobs.receive(1))
    if (held === undefined) throw new Error('There is a job')
    const lee = administrator(world.tenantId)
    const worker = stepped(async hook => performRemoval(under(world, hook).deps)({ job: held.job })())
    const joiner = stepped(async hook =>
      submitRemoval(under(world, hook).deps)(inputOf(world, { by: lee, batch: freshBatch() }))(),
    )

    await takeTurns(worker, joiner, [before, 100])
    await worker.finish()

    const account = await accountOf(world, id, [holder])
    expect(account).toMatchObject({ ...sound(1), calledOnlyOnceStarted: true })
  }
})

const profile = {
  userPrincipalName: 'ann@fabrikam.example',
  displayName: 'Ann',
  homeTenantId: freshIds.tenantId(),
}
