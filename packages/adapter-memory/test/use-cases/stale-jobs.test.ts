import { performRemoval } from '@lethe/application'
import { elementAt, succeed } from '@lethe/application/testing'
import { type Job, jobsOf, type RemovalRequestId } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { freshIds } from '../fresh-ids.js'
import { submitted, submittedAndApproved } from './acts.js'
import { refused, retryLater, scripted } from './scripted-holder.js'
import { work, workOnce, portsOf } from './worker.js'
import { createWorld, eventsOf, historyOf, requestOf, type World } from './world.js'

const finished = { kind: 'finished' }

const jobsOfRequest = async (world: World, id: RemovalRequestId): Promise<ReadonlyArray<Job>> =>
  (await eventsOf(world, id)).flatMap(jobsOf)

/** A world in which the holder asked to wait: the job of the approval is stale, the next one is not due. */
const waitingWorld = async () => {
  const world = createWorld()
  const holder = scripted(world.graphData.holder, world.clock.now, {
    removes: [{ problem: retryLater(600), effect: false }],
  })
  world.configure([holder])
  const { id } = await submittedAndApproved(world)
  await work(world)
  const jobs = await jobsOfRequest(world, id)
  return { world, holder, id, stale: elementAt(jobs, 0), next: elementAt(jobs, 1) }
}

describe('performRemoval with a job that is not the one', () => {
  it('finishes a stale job without any effect, even when the next one is due', async () => {
    const { world, holder, id, stale } = await waitingWorld()
    const before = await historyOf(world, id)

    expect(await succeed(performRemoval(world.deps)({ job: stale }))).toStrictEqual(finished)
    world.clock.advance(900)
    expect(await succeed(performRemoval(world.deps)({ job: stale }))).toStrictEqual(finished)

    expect(holder.calls).toHaveLength(1)
    expect(await historyOf(world, id)).toStrictEqual(before)
  })

  it('postpones a job that comes too early, without any effect', async () => {
    const { world, holder, id, next } = await waitingWorld()
    const before = await historyOf(world, id)

    const performed = await succeed(performRemoval(world.deps)({ job: { ...next, notBefore: null } }))

    expect(performed).toStrictEqual({ kind: 'postponed', until: next.notBefore })
    expect(holder.calls).toHaveLength(1)
    expect(await historyOf(world, id)).toStrictEqual(before)
  })

  it('does a postponed job when its time has come', async () => {
    const { world, id, next } = await waitingWorld()
    world.clock.set(next.notBefore ?? world.clock.now())

    expect(await workOnce(portsOf(world))).toStrictEqual([finished])

    expect((await requestOf(world, id)).state).toBe('completed')
  })

  it('does nothing for a request that nobody has approved, whatever the job says', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now)
    world.configure([holder])
    const { request } = await submitted(world)
    const { tenantId, id: requestId } = request
    const job: Job = { name: 'performRemoval', tenantId, requestId, causedBy: 99, notBefore: null }

    expect(await succeed(performRemoval(world.deps)({ job }))).toStrictEqual(finished)
    expect(holder.calls).toStrictEqual([])
    expect(await requestOf(world, requestId)).toStrictEqual(request)
  })

  it('does nothing for a request that does not exist, or is another tenant’s', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    const job = elementAt(await jobsOfRequest(world, id), 0)
    const strays: ReadonlyArray<Job> = [
      { ...job, requestId: freshIds.identifiers.requestId() },
      { ...job, tenantId: freshIds.tenantId() },
    ]

    for (const stray of strays)
      expect(await succeed(performRemoval(world.deps)({ job: stray }))).toStrictEqual(finished)
    expect((await requestOf(world, id)).state).toBe('approved')
  })

  it.each(['completed', 'failed'] as const)('does nothing more for a request that is %s', async state => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, {
      removes: state === 'failed' ? [{ problem: refused, effect: false }] : [],
    })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)
    const job = elementAt(await jobsOfRequest(world, id), 0)
    await work(world)
    const before = await historyOf(world, id)
    const calls = holder.calls.length

    expect(await succeed(performRemoval(world.deps)({ job }))).toStrictEqual(finished)

    expect((await requestOf(world, id)).state).toBe(state)
    expect(await historyOf(world, id)).toStrictEqual(before)
    expect(holder.calls).toHaveLength(calls)
  })
})
