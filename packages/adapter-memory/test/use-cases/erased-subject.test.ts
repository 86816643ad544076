import { getRemovalRequest, performRemoval } from '@lethe/application'
import { elementAt, succeed } from '@lethe/application/testing'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { submittedAndApproved } from './acts.js'
import { bob, granted } from './people.js'
import { retryLater, scripted } from './scripted-holder.js'
import { work } from './worker.js'
import { createWorld, requestOf } from './world.js'

const forgotten = () => TE.right(null)

describe('performRemoval, when the subject cannot be resolved any more', () => {
  it('fails before it begins, and asks no holder', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now)
    world.configure([holder])
    const { id } = await submittedAndApproved(world)
    const { job } = elementAt(await succeed(world.store.jobs.receive(1)), 0)

    const performed = await succeed(performRemoval({ ...world.deps, findPerson: forgotten })({ job }))

    expect(performed).toStrictEqual({ kind: 'finished' })
    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'subjectErased', holder: null },
    })
    expect(holder.calls).toStrictEqual([])
  })

  it('fails midway', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: retryLater(), effect: false }],
    })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)
    await work(world)
    world.clock.advance(120)
    const { job } = elementAt(await succeed(world.store.jobs.receive(1)), 0)

    await succeed(performRemoval({ ...world.deps, findPerson: forgotten })({ job }))

    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'subjectErased' },
    })
    expect(holder.calls).toHaveLength(1)
  })

  it('keeps the subject for as long as the request is open, and lets it be erased after', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    expect(await succeed(world.store.subjects.erase(world.tenantId, bob))).toMatchObject({
      erased: 0,
      kept: 1,
    })

    await work(world)

    expect(await succeed(world.store.subjects.erase(world.tenantId, bob))).toMatchObject({
      erased: 1,
      kept: 0,
    })
    const grant = granted('getRemovalRequest', world.megan)
    const view = await succeed(getRemovalRequest(world.deps)({ grant, id }))
    expect(view).toMatchObject({ userId: null, request: { state: 'completed' } })
  })
})
