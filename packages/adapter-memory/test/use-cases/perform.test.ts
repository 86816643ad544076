import { getHistory, getProfile } from '@lethe/application'
import { refuse, succeed } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { submittedAndApproved } from './acts.js'
import { bob, granted } from './people.js'
import { callsOf, scripted } from './scripted-holder.js'
import { work, workFor } from './worker.js'
import { createWorld, eventTypesOf, requestOf } from './world.js'

describe('performRemoval, when all goes well', () => {
  it('removes, reads back, and completes as verified absent', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)

    await work(world)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'completed',
      outcome: 'verifiedAbsent',
      holders: [{ state: 'verifiedAbsent', attempts: 1, failure: null }],
    })
    const grant = granted('getProfile', world.adele)
    expect(await refuse(getProfile(world.deps)({ grant, userId: bob }))).toStrictEqual({
      _tag: 'ProfileNotFound',
      userId: bob,
    })
  })

  it('leaves a whole history, in which each step stands before the next', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    await work(world)

    const history = await succeed(getHistory(world.deps)({ grant: granted('getHistory', world.megan), id }))

    expect(history.broken).toBeNull()
    expect(await eventTypesOf(world, id)).toStrictEqual([
      'removalRequested',
      'approvalGiven',
      'removalApproved',
      'removalStarted',
      'holderCleared',
      'readBackRecorded',
      'removalCompleted',
    ])
  })

  it('leaves no job behind', async () => {
    const world = createWorld()
    await submittedAndApproved(world)
    await work(world)
    world.clock.advance(30 * 86_400)

    expect(await succeed(world.store.jobs.receive(10))).toStrictEqual([])
  })

  it('reads on while the profile is still there, and asks for its removal once', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now, { readBacks: ['present', 'present'] })
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await workFor(world, 600)

    expect((await requestOf(world, id)).state).toBe('completed')
    expect(callsOf(holder)).toStrictEqual(['remove', 'readBack', 'readBack', 'readBack'])
  })

  it('completes as accepted only where a holder cannot be read back', async () => {
    const world = createWorld({ holders: ({ graph, crm }) => [graph, crm] })
    world.configure([
      world.graphData.holder,
      scripted(world.crmData.holder, world.clock.now, { readBacks: ['notSupported'] }),
    ])
    const { id } = await submittedAndApproved(world)

    await work(world)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'completed',
      outcome: 'acceptedOnly',
      holders: [{ state: 'verifiedAbsent' }, { state: 'acceptedOnly' }],
    })
  })
})
