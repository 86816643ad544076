import { submitRemoval } from '@lethe/application'
import { refuse, succeed } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { retried, submittedAndApproved } from './acts.js'
import { bob, granted } from './people.js'
import { callsOf, refused, retryLater, scripted } from './scripted-holder.js'
import { work, workFor } from './worker.js'
import { createWorld, crm, graph, requestOf } from './world.js'

describe('performRemoval with several holders', () => {
  it('clears the others where one fails, and a retry asks only the one', async () => {
    const world = createWorld()
    const broken = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: refused, effect: false }],
    })
    const sound = scripted(world.crmData.holder, world.clock.now)
    world.configure([broken, sound])
    const { id } = await submittedAndApproved(world)

    await work(world)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'refused', holder: graph },
      holders: [
        { name: graph, state: 'failed' },
        { name: crm, state: 'cleared' },
      ],
    })
    expect(await succeed(world.crmData.holder.readBack(world.tenantId, bob))).toBe('absent')

    await retried(world, id, world.adele)
    await work(world)

    expect(await requestOf(world, id)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    expect(callsOf(sound).filter(call => call === 'remove')).toHaveLength(1)
  })

  it('clears the others while one asks to wait, and reads back only when all are cleared', async () => {
    const world = createWorld()
    const slow = scripted(world.graphData.holder, world.clock.now, {
      removes: [{ problem: retryLater(3600), effect: false }],
    })
    const sound = scripted(world.crmData.holder, world.clock.now)
    world.configure([slow, sound])
    const { id } = await submittedAndApproved(world)

    await work(world)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'removing',
      holders: [{ state: 'pending' }, { state: 'cleared' }],
    })
    expect(callsOf(sound)).toStrictEqual(['remove'])
    await workFor(world, 3700)
    expect((await requestOf(world, id)).state).toBe('completed')
    expect(callsOf(sound)).toStrictEqual(['remove', 'readBack'])
  })

  it('lets a repeat join the open request while one waits and the profile is gone already', async () => {
    const world = createWorld()
    const sound = scripted(world.graphData.holder, world.clock.now)
    const slow = scripted(world.crmData.holder, world.clock.now, {
      removes: [{ problem: retryLater(3600), effect: false }],
    })
    world.configure([sound, slow])
    const { id } = await submittedAndApproved(world)
    await work(world)

    const { view, joined } = await succeed(
      submitRemoval(world.deps)({
        grant: granted('submit', world.adele),
        userId: bob,
        receivedAt: null,
        batch: null,
      }),
    )

    expect(joined).toBe(true)
    expect(await succeed(view)).toMatchObject({ userId: bob, request: { id, state: 'removing' } })
    await workFor(world, 3700)
    expect(
      await refuse(
        submitRemoval(world.deps)({
          grant: granted('submit', world.adele),
          userId: bob,
          receivedAt: null,
          batch: null,
        }),
      ),
    ).toStrictEqual({ _tag: 'ProfileNotFound', userId: bob })
  })

  it('finishes reading the others where one cannot be read, and a retry reads only that one', async () => {
    const world = createWorld()
    const broken = scripted(world.graphData.holder, world.clock.now, { readBacks: [refused] })
    const slow = scripted(world.crmData.holder, world.clock.now, { readBacks: ['present'] })
    world.configure([broken, slow])
    const { id } = await submittedAndApproved(world)

    await workFor(world, 600)
    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'refused', holder: graph },
      holders: [{ state: 'failed' }, { state: 'verifiedAbsent' }],
    })
    const calls = slow.calls.length
    await retried(world, id, world.adele)
    await work(world)

    expect(await requestOf(world, id)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    expect(slow.calls).toHaveLength(calls)
    expect(callsOf(broken)).toStrictEqual(['remove', 'readBack', 'readBack'])
  })
})
