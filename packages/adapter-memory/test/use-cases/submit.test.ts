import { submitRemoval } from '@lethe/application'
import { refuse, succeed, upTo } from '@lethe/application/testing'
import { addSeconds } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { inMemoryProfiles } from '../../src/index.js'
import { freshIds } from '../fresh-ids.js'
import { approved, denied, submitted } from './acts.js'
import { administrator, bob, granted } from './people.js'
import { work } from './worker.js'
import { bobIn, createWorld, eventsOf, graph, type World } from './world.js'

const input = ({ adele }: World) => ({
  grant: granted('submit', adele),
  userId: bob,
  receivedAt: null,
  batch: null,
})

const recorded = async ({ store, tenantId }: World): Promise<number> =>
  (await succeed(store.removalRequests.list(tenantId, {}, { size: 50, after: null }))).items.length

describe('submitRemoval', () => {
  it('records a request, which waits for approval', async () => {
    const world = createWorld()

    const { joined, ...submission } = await succeed(submitRemoval(world.deps)(input(world)))
    const view = await succeed(submission.view)

    expect(joined).toBe(false)
    expect(view).toMatchObject({
      userId: bob,
      note: null,
      request: {
        state: 'pendingApproval',
        tenantId: world.tenantId,
        submittedAt: world.clock.now(),
        receivedAt: world.clock.now(),
      },
    })
    expect(view.actors.get(view.request.submittedBy)).toMatchObject({
      kind: 'person',
      userId: world.adele.oid,
    })
    expect(view.request.holders.map(({ name, state }) => [name, state])).toStrictEqual([[graph, 'pending']])
  })

  it('names nobody in the history', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    await approved(world, request.id, world.megan)
    await work(world)

    const text = JSON.stringify(await eventsOf(world, request.id))

    for (const name of [
      bob,
      world.adele.oid,
      world.megan.oid,
      world.adele.appid,
      'bob@fabrikam.example',
      'Bob',
    ])
      expect(text).not.toContain(name)
  })

  it('counts the month from when the person asked', async () => {
    const world = createWorld()
    const receivedAt = addSeconds(world.clock.now(), -20 * 86_400)

    const { request } = await succeed(submitRemoval(world.deps)({ ...input(world), receivedAt, batch: null }))

    expect(request.receivedAt).toBe(receivedAt)
    expect(request.dueAt).toBe('2026-03-10T23:59:59.000Z')
  })

  it('refuses a receipt in the future, and takes one of this very moment', async () => {
    const world = createWorld()
    const receivedAt = addSeconds(world.clock.now(), 1)

    const refused = await refuse(submitRemoval(world.deps)({ ...input(world), receivedAt, batch: null }))

    expect(refused).toStrictEqual({ _tag: 'ReceivedInFuture' })
    expect(await recorded(world)).toBe(0)
    const { joined } = await succeed(
      submitRemoval(world.deps)({ ...input(world), receivedAt: world.clock.now(), batch: null }),
    )
    expect(joined).toBe(false)
  })

  it('refuses a profile that is not there', async () => {
    const world = createWorld()
    const userId = freshIds.userId()

    const refused = await refuse(submitRemoval(world.deps)({ ...input(world), userId }))

    expect(refused).toStrictEqual({ _tag: 'ProfileNotFound', userId })
    expect(await recorded(world)).toBe(0)
  })

  it('refuses a profile of another tenant, because the tenant is the caller’s', async () => {
    const world = createWorld()
    const grant = granted('submit', administrator(freshIds.tenantId()))

    const refused = await refuse(submitRemoval(world.deps)({ ...input(world), grant }))

    expect(refused).toStrictEqual({ _tag: 'ProfileNotFound', userId: bob })
  })

  it('refuses a profile whose home is the tenant itself', async () => {
    const world = createWorld()
    const { inboundProfiles } = inMemoryProfiles(graph, new Map([[world.tenantId, [bobIn(world.tenantId)]]]))

    const refused = await refuse(submitRemoval({ ...world.deps, inboundProfiles })(input(world)))

    expect(refused).toStrictEqual({ _tag: 'NotInbound' })
    expect(await recorded(world)).toBe(0)
  })

  it.each([
    { _tag: 'Unavailable', retryAfterSeconds: 30 } as const,
    { _tag: 'Throttled', retryAfterSeconds: 30 } as const,
  ])('records nothing while the directory is $_tag', async problem => {
    const world = createWorld()
    const inboundProfiles = { get: () => TE.left(problem) }

    const refused = await refuse(submitRemoval({ ...world.deps, inboundProfiles })(input(world)))

    expect(refused).toStrictEqual(problem)
    expect(await recorded(world)).toBe(0)
  })

  it('joins an open request, whoever asks', async () => {
    const world = createWorld()
    const first = await submitted(world)
    const grant = granted('submit', administrator(world.tenantId))

    const { view, joined } = await succeed(submitRemoval(world.deps)({ ...input(world), grant }))

    expect(joined).toBe(true)
    const shown = await succeed(view)
    expect(shown.request.id).toBe(first.request.id)
    expect([...shown.actors.values()]).toMatchObject([
      { userId: world.adele.oid },
      { userId: grant.caller.kind === 'workAccount' ? grant.caller.userId : null },
    ])
    expect(await recorded(world)).toBe(1)
  })

  it('records one request of many that are submitted at once', async () => {
    const world = createWorld()

    const answers = await Promise.all(
      upTo(10).map(async () => succeed(submitRemoval(world.deps)(input(world)))),
    )

    expect(answers.filter(({ joined }) => !joined)).toHaveLength(1)
    expect(await recorded(world)).toBe(1)
  })

  it('records a new request after one that was denied', async () => {
    const world = createWorld()
    const first = await submitted(world)
    await denied(world, first.request.id, world.megan)

    const { joined, ...submission } = await succeed(submitRemoval(world.deps)(input(world)))
    const view = await succeed(submission.view)

    expect(joined).toBe(false)
    expect(view.request.id).not.toBe(first.request.id)
  })

  it('is approved at once under an automatic policy', async () => {
    const world = createWorld({ approval: { mode: 'automatic' } })
    const { request } = await submitted(world)
    expect(request.state).toBe('approved')

    await work(world)

    const refused = await refuse(submitRemoval(world.deps)(input(world)))
    expect(refused).toStrictEqual({ _tag: 'ProfileNotFound', userId: bob })
  })
})
