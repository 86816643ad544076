import { approveRemoval } from '@lethe/application'
import { refuse, succeed, upTo } from '@lethe/application/testing'
import { approverRole, authorize, contracts } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { freshIds } from '../fresh-ids.js'
import { approved, denied, submitted, withdrawn } from './acts.js'
import { administratorAndOfficer, callerOf, granted, officer } from './people.js'
import { work } from './worker.js'
import { createWorld, eventTypesOf, historyOf, requestOf } from './world.js'

describe('approveRemoval', () => {
  it('approves with the one approval that is asked for', async () => {
    const world = createWorld()
    const { request } = await submitted(world)

    const view = await approved(world, request.id, world.megan)

    expect(view.request.state).toBe('approved')
    expect(view.request.approvals.map(({ by }) => view.actors.get(by))).toMatchObject([
      { kind: 'person', userId: world.megan.oid },
    ])
  })

  it('refuses whoever asked, through whatever application', async () => {
    const world = createWorld()
    const adele = administratorAndOfficer(world.tenantId)
    const { request } = await submitted(world, adele)

    for (const appid of [adele.appid, freshIds.appId()]) {
      const grant = granted('approve', { ...adele, appid })
      const refused = await refuse(approveRemoval(world.deps)({ grant, id: request.id }))
      expect(refused).toStrictEqual({ _tag: 'SelfApproval' })
    }
    expect(await eventTypesOf(world, request.id)).toStrictEqual(['removalRequested'])
  })

  it('waits for as many different people as the policy asks for', async () => {
    const world = createWorld({ approval: { mode: 'approvers', required: 2 } })
    const { request } = await submitted(world)

    const states = []
    for (const by of [world.megan, world.megan, { ...world.megan, appid: freshIds.appId() }, world.isaiah])
      states.push((await approved(world, request.id, by)).request.state)

    expect(states).toStrictEqual(['pendingApproval', 'pendingApproval', 'pendingApproval', 'approved'])
    expect((await requestOf(world, request.id)).approvals).toHaveLength(2)
  })

  it('lets an approver say so again, ever, and changes nothing', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    await approved(world, request.id, world.megan)
    await work(world)
    const before = await historyOf(world, request.id)

    const view = await approved(world, request.id, world.megan)

    expect(view.request.state).toBe('completed')
    expect(await historyOf(world, request.id)).toStrictEqual(before)
  })

  it('counts one person once who approves many times at once', async () => {
    const world = createWorld({ approval: { mode: 'approvers', required: 2 } })
    const { request } = await submitted(world)

    await Promise.all(upTo(6).map(async () => approved(world, request.id, world.megan)))

    expect(await requestOf(world, request.id)).toMatchObject({ state: 'pendingApproval', version: 2 })
  })

  it('counts everybody who approves at once, and approves once', async () => {
    const world = createWorld({ approval: { mode: 'approvers', required: 5 } })
    const { request } = await submitted(world)

    await Promise.all(upTo(5).map(async () => approved(world, request.id, officer(world.tenantId))))

    expect((await requestOf(world, request.id)).approvals).toHaveLength(5)
    const types = await eventTypesOf(world, request.id)
    expect(types.filter(type => type === 'removalApproved')).toHaveLength(1)
  })

  it('cannot be asked for by a guest, an application, or somebody without the role', async () => {
    const { megan, tenantId } = createWorld()
    const grantOf = authorize(contracts.seed)('approve')
    const application = { tid: tenantId, appid: freshIds.appId(), roles: megan.roles }

    expect(grantOf(callerOf({ ...megan, acct: 1 }))).toStrictEqual(
      E.left({ _tag: 'AccessDenied', reason: 'guestNotAllowed', missing: null }),
    )
    expect(grantOf(callerOf(application))).toStrictEqual(
      E.left({ _tag: 'AccessDenied', reason: 'callerKindNotSupported', missing: null }),
    )
    expect(grantOf(callerOf({ ...megan, roles: [] }))).toStrictEqual(
      E.left({ _tag: 'AccessDenied', reason: 'appRoleMissing', missing: approverRole }),
    )
  })

  it('finds no request of another tenant, and none that does not exist', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    const asked = [
      { grant: granted('approve', officer(freshIds.tenantId())), id: request.id },
      { grant: granted('approve', world.megan), id: freshIds.identifiers.requestId() },
    ]

    for (const input of asked)
      expect(await refuse(approveRemoval(world.deps)(input))).toStrictEqual({
        _tag: 'RequestNotFound',
        id: input.id,
      })
  })

  it.each(['denied', 'withdrawn', 'approved'] as const)('refuses another approval once %s', async state => {
    const world = createWorld()
    const { request } = await submitted(world)
    await { denied, withdrawn, approved }[state](world, request.id, world.megan)
    const grant = granted('approve', world.isaiah)

    const refused = await refuse(approveRemoval(world.deps)({ grant, id: request.id }))

    expect(refused).toStrictEqual({ _tag: 'WrongState', state })
  })

  it('leaves those who were too late out of the request and out of the table of people', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    await approved(world, request.id, world.megan)
    await refuse(approveRemoval(world.deps)({ grant: granted('approve', world.isaiah), id: request.id }))

    const late = { kind: 'person', userId: world.isaiah.oid, appId: null } as const
    const known = await succeed(world.store.actors.referenceOf(world.tenantId, request.id, late))

    expect(known._tag).toBe('None')
  })
})
