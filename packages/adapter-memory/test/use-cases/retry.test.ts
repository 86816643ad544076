import { failDeadRemoval, retryRemoval } from '@lethe/application'
import { elementAt, refuse, succeed } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { retried, submittedAndApproved } from './acts.js'
import { bob, granted } from './people.js'
import {
  callsOf,
  refused,
  type RemoveScript,
  retryLater,
  scripted,
  signInRequired,
} from './scripted-holder.js'
import { work, workFor } from './worker.js'
import { createWorld, eventsOf, eventTypesOf, readBacks, requestOf, type WorldWish } from './world.js'

const longEnough = readBacks.giveUpAfterSeconds + 2 * readBacks.longestDelaySeconds

/** A world in which Graph took the call, and the profile stayed. */
const stillPresent = async (wish: WorldWish = {}) => {
  const world = createWorld(wish)
  const holder = scripted(world.graphData.holder, world.clock.now, { removes: ['acceptedWithoutEffect'] })
  world.configure([holder])
  const { id } = await submittedAndApproved(world)
  await workFor(world, longEnough, 1800)
  return { world, holder, id, calls: holder.calls.length }
}

describe('retryRemoval', () => {
  it.each([
    { reason: 'refused', problem: refused },
    { reason: 'signInRequired', problem: signInRequired },
  ])('takes up again what failed as $reason', async ({ reason, problem }) => {
    const world = createWorld()
    const removes: ReadonlyArray<RemoveScript> = [{ problem, effect: false }]
    const holder = scripted(world.graphData.holder, world.clock.now, { removes })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)
    await workFor(world, 86_400, 3600)
    expect(await requestOf(world, id)).toMatchObject({ state: 'failed', failure: { reason } })
    expect(callsOf(holder)).toStrictEqual(['remove'])

    const view = await retried(world, id, world.adele)
    expect(view.request.state).toBe('removing')
    await work(world)

    expect(await requestOf(world, id)).toMatchObject({ state: 'completed', holders: [{ attempts: 2 }] })
    expect(callsOf(holder)).toStrictEqual(['remove', 'remove', 'readBack'])
  })

  it('gives up reading after the time for it, and says that the profile is still there', async () => {
    const { world, holder, id } = await stillPresent()

    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'stillPresent', holder: holder.name },
    })
    expect(callsOf(holder).filter(call => call === 'remove')).toHaveLength(1)
  })

  it('reads first after that, and asks again for what is still there', async () => {
    const { world, holder, id, calls } = await stillPresent()

    expect((await retried(world, id, world.adele)).request.state).toBe('verifying')
    await work(world)

    expect(await requestOf(world, id)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    expect(callsOf(holder).slice(calls)).toStrictEqual(['readBack', 'remove', 'readBack'])
  })

  it('records that it asked again where the holder said no for good', async () => {
    const { world, holder, id } = await stillPresent()
    holder.removes.push({ problem: refused, effect: false })

    await retried(world, id, world.adele)
    await work(world)

    const failed = (await eventsOf(world, id)).findLast(({ type }) => type === 'holderFailed')
    expect(failed).toMatchObject({ data: { reason: 'refused', called: true } })
  })

  it('reads first after that, and does not ask for what has gone in the meantime', async () => {
    const { world, holder, id, calls } = await stillPresent()
    await succeed(
      world.graphData.holder.remove({
        tenantId: world.tenantId,
        requestId: id,
        userId: bob,
        onBehalfOf: null,
      }),
    )

    await retried(world, id, world.adele)
    await work(world)

    expect((await requestOf(world, id)).state).toBe('completed')
    expect(callsOf(holder).slice(calls)).toStrictEqual(['readBack'])
  })

  it('records that the profile was found, and counts anew, also where it could not ask again then', async () => {
    const { world, holder, id } = await stillPresent({ absence: { looks: 3, seconds: 60 } })
    holder.readBacks.push('absent', 'absent', 'present')
    holder.removes.push({ problem: retryLater(), effect: false })

    await retried(world, id, world.adele)
    await workFor(world, 86_400, 30)

    expect(await requestOf(world, id)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    const types = await eventTypesOf(world, id)
    expect(types.slice(types.indexOf('removalRetried'))).toStrictEqual([
      'removalRetried',
      'absenceSeen',
      'absenceSeen',
      'readBackRecorded',
      'absenceSeen',
      'absenceSeen',
      'readBackRecorded',
      'removalCompleted',
    ])
  })

  it('asks once more for each retry, and then only reads', async () => {
    const { world, holder, id, calls } = await stillPresent()
    holder.removes.push('acceptedWithoutEffect')

    await retried(world, id, world.adele)
    await workFor(world, longEnough, 1800)

    expect(await requestOf(world, id)).toMatchObject({ state: 'failed', failure: { reason: 'stillPresent' } })
    expect(
      callsOf(holder)
        .slice(calls)
        .filter(call => call === 'remove'),
    ).toHaveLength(1)
  })

  it('succeeds when the same person asks again while it is under way, and changes nothing', async () => {
    const { world, id } = await stillPresent()
    const first = await retried(world, id, world.adele)

    expect(await retried(world, id, world.adele)).toStrictEqual(first)
    const grant = granted('retry', world.megan)
    expect(await refuse(retryRemoval(world.deps)({ grant, id }))).toStrictEqual({
      _tag: 'WrongState',
      state: 'verifying',
    })
    expect(await succeed(world.store.jobs.receive(10))).toHaveLength(1)
  })

  it('refuses what did not fail', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    const grant = granted('retry', world.adele)

    expect(await refuse(retryRemoval(world.deps)({ grant, id }))).toStrictEqual({
      _tag: 'WrongState',
      state: 'approved',
    })
  })
})

describe('failDeadRemoval', () => {
  it('ends as failed what the worker could not do, so that somebody can retry it', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    const { job, receipt } = elementAt(await succeed(world.store.jobs.receive(10)), 0)

    await succeed(failDeadRemoval(world.deps)({ job }))
    await succeed(failDeadRemoval(world.deps)({ job }))
    await succeed(world.store.jobs.complete(receipt))

    expect(await requestOf(world, id)).toMatchObject({ state: 'failed', failure: { reason: 'workerFailed' } })
    await retried(world, id, world.adele)
    await work(world)
    expect(await requestOf(world, id)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    const types = await eventTypesOf(world, id)
    expect(types.filter(type => type === 'removalFailed')).toHaveLength(1)
  })

  it('leaves alone what has ended', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    const { job } = elementAt(await succeed(world.store.jobs.receive(10)), 0)
    world.clock.advance(61)
    await work(world)

    await succeed(failDeadRemoval(world.deps)({ job }))

    expect((await requestOf(world, id)).state).toBe('completed')
  })
})
