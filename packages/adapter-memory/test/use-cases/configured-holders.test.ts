import { succeed } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { approved, retried, submitted, submittedAndApproved } from './acts.js'
import { bob } from './people.js'
import { retryLater, scripted } from './scripted-holder.js'
import { work, workFor } from './worker.js'
import { createWorld, crm, graph, requestOf } from './world.js'

describe('performRemoval, when the configured holders change', () => {
  it('clears those that are configured when it begins, not those at the submission', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    world.configure([world.crmData.holder, world.graphData.holder])
    await approved(world, request.id, world.megan)

    await work(world)

    expect(await requestOf(world, request.id)).toMatchObject({
      state: 'completed',
      holders: [{ name: crm }, { name: graph }],
    })
    expect(await succeed(world.crmData.holder.readBack(world.tenantId, bob))).toBe('absent')
  })

  it('fails where a holder is not configured any more, and can be retried when it is again', async () => {
    const world = createWorld()
    const slow = scripted(world.crmData.holder, world.clock.now, {
      removes: [{ problem: retryLater(), effect: false }],
    })
    world.configure([world.graphData.holder, slow])
    const { id } = await submittedAndApproved(world)
    await work(world)
    world.configure([world.graphData.holder])

    await workFor(world, 600)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderNotConfigured', holder: crm },
    })
    world.configure([world.graphData.holder, slow])
    await retried(world, id, world.adele)
    await work(world)
    expect((await requestOf(world, id)).state).toBe('completed')
  })

  it('fails where a holder is gone when it is to be read back', async () => {
    const world = createWorld()
    world.configure([scripted(world.graphData.holder, world.clock.now, { readBacks: ['present'] })])
    const { id } = await submittedAndApproved(world)
    await work(world)
    world.configure([])

    await workFor(world, 600)

    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderNotConfigured', holder: graph },
    })
  })

  it('fails where none is configured, because there is nobody to ask', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    world.configure([])
    await approved(world, request.id, world.megan)

    await work(world)

    expect(await requestOf(world, request.id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderNotConfigured', holder: null },
    })
  })

  it('does not end in silence after a retry where none was configured, not even at the submission', async () => {
    const world = createWorld({ holders: () => [] })
    const { id } = await submittedAndApproved(world)
    await work(world)

    await retried(world, id, world.adele)
    await workFor(world, 86_400, 3600)
    expect(await requestOf(world, id)).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderNotConfigured' },
    })

    world.configure([world.graphData.holder])
    await retried(world, id, world.adele)
    await workFor(world, 86_400, 3600)
    expect(await requestOf(world, id)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
  })

  it('clears all that are configured when a retry begins what had never begun', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    world.configure([])
    await approved(world, request.id, world.megan)
    await work(world)
    world.configure([world.graphData.holder, world.crmData.holder])

    await retried(world, request.id, world.adele)
    await work(world)

    expect((await requestOf(world, request.id)).state).toBe('completed')
    expect(await succeed(world.crmData.holder.readBack(world.tenantId, bob))).toBe('absent')
  })
})
