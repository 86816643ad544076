import { withdrawRemoval } from '@lethe/application'
import { refuse } from '@lethe/application/testing'
import { describe, expect, it } from 'vitest'
import { freshIds } from '../fresh-ids.js'
import { submitted, submittedAndApproved, withdrawn } from './acts.js'
import { administrator, granted } from './people.js'
import { refused as holderRefuses, scripted } from './scripted-holder.js'
import { work } from './worker.js'
import { createWorld, eventTypesOf, requestOf } from './world.js'

describe('withdrawRemoval', () => {
  it('lets somebody take back their own request, through whatever application', async () => {
    const world = createWorld()
    const { request } = await submitted(world)

    const view = await withdrawn(world, request.id, { ...world.adele, appid: freshIds.appId() })

    expect(view.request).toMatchObject({ state: 'withdrawn', withdrawal: { by: request.submittedBy } })
  })

  it('lets nobody take back another’s request who may only take back their own', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    const grant = granted('withdraw', administrator(world.tenantId))

    const refused = await refuse(withdrawRemoval(world.deps)({ grant, id: request.id }))

    expect(refused).toStrictEqual({ _tag: 'NotSubmitter' })
    expect(await eventTypesOf(world, request.id)).toStrictEqual(['removalRequested'])
  })

  it('lets a privacy officer take back any request', async () => {
    const world = createWorld()
    const { request } = await submitted(world)

    const view = await withdrawn(world, request.id, world.isaiah)

    expect(view.request.state).toBe('withdrawn')
    expect([...view.actors.values()]).toMatchObject([
      { userId: world.adele.oid },
      { userId: world.isaiah.oid },
    ])
  })

  it('keeps an approved request from being performed', async () => {
    const world = createWorld()
    const holder = scripted(world.graphData.holder, world.clock.now)
    world.configure([holder])
    const { id } = await submittedAndApproved(world)

    await withdrawn(world, id, world.adele)
    await work(world)

    expect((await requestOf(world, id)).state).toBe('withdrawn')
    expect(holder.calls).toStrictEqual([])
  })

  it('takes back a request that failed before its holder was called', async () => {
    const world = createWorld({ holders: () => [] })
    const { id } = await submittedAndApproved(world)
    await work(world)

    expect((await withdrawn(world, id, world.adele)).request.state).toBe('withdrawn')
  })

  it('takes back no request that failed after its holder was called', async () => {
    const world = createWorld()
    world.configure([
      scripted(world.graphData.holder, world.clock.now, {
        removes: [{ problem: holderRefuses, effect: false }],
      }),
    ])
    const { id } = await submittedAndApproved(world)
    await work(world)

    const refused = await refuse(withdrawRemoval(world.deps)({ grant: granted('withdraw', world.adele), id }))

    expect(refused).toStrictEqual({ _tag: 'HolderCalled' })
    expect((await requestOf(world, id)).state).toBe('failed')
  })

  it('comes too late once the removal has been done, and changes nothing when it is repeated', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    await work(world)
    const grant = granted('withdraw', world.adele)

    expect(await refuse(withdrawRemoval(world.deps)({ grant, id }))).toStrictEqual({
      _tag: 'WrongState',
      state: 'completed',
    })

    const other = createWorld()
    const { request } = await submitted(other)
    const first = await withdrawn(other, request.id, other.adele)
    expect(await withdrawn(other, request.id, other.adele)).toStrictEqual(first)
  })
})
