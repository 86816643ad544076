import { approveRemoval, expireRemovals } from '@lethe/application'
import { refuse, succeed } from '@lethe/application/testing'
import { addSeconds, millisecondsOf } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { freshIds } from '../fresh-ids.js'
import { approved, submitted } from './acts.js'
import { granted } from './people.js'
import { createWorld, eventTypesOf, requestOf, type World } from './world.js'

const expire = async ({ deps, tenantId }: World): Promise<number> =>
  (await succeed(expireRemovals(deps)({ tenantId, limit: 10 }))).expired

const day = 86_400

describe('expireRemovals', () => {
  it('ends what nobody decided, not before it is due', async () => {
    const world = createWorld({ expiresAfterDays: 1 })
    const { request } = await submitted(world)
    expect(request.expiresAt).toBe(request.dueAt)

    world.clock.set(addSeconds(request.dueAt, -1))
    expect(await expire(world)).toBe(0)
    world.clock.set(request.dueAt)
    expect(await expire(world)).toBe(1)

    expect(await requestOf(world, request.id)).toMatchObject({ state: 'expired', expiredAt: request.dueAt })
    expect(await expire(world)).toBe(0)
  })

  it('ends nothing where the tenant’s requests do not expire', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    world.clock.advance(4000 * day)

    expect(await expire(world)).toBe(0)
    expect((await requestOf(world, request.id)).state).toBe('pendingApproval')
  })

  it('ends nothing that was approved, and nothing of another tenant', async () => {
    const world = createWorld({ expiresAfterDays: 90 })
    const { request } = await submitted(world)
    const submittedAt = millisecondsOf(request.submittedAt)
    expect(millisecondsOf(request.expiresAt ?? request.dueAt) - submittedAt).toBe(90 * day * 1000)
    world.clock.advance(89 * day)
    await approved(world, request.id, world.megan)
    world.clock.advance(2 * day)
    expect(await expire(world)).toBe(0)

    const other = createWorld({ expiresAfterDays: 1 })
    await submitted(other)
    other.clock.advance(90 * day)
    expect(await expire({ ...other, tenantId: freshIds.tenantId() })).toBe(0)
    expect(await expire(other)).toBe(1)
  })

  it('need not have run for an approval to come too late', async () => {
    const world = createWorld({ expiresAfterDays: 1, approval: { mode: 'approvers', required: 2 } })
    const { request } = await submitted(world)
    const once = await approved(world, request.id, world.megan)
    world.clock.set(request.dueAt)
    const late = () =>
      refuse(approveRemoval(world.deps)({ grant: granted('approve', world.isaiah), id: request.id }))

    const before = await late()
    expect(await approved(world, request.id, world.megan)).toStrictEqual(once)
    expect(await expire(world)).toBe(1)

    expect(before).toStrictEqual({ _tag: 'WrongState', state: 'expired' })
    expect(await late()).toStrictEqual(before)
  })

  it('ends each request once, by however many timers', async () => {
    const world = createWorld({ expiresAfterDays: 1 })
    const { request } = await submitted(world)
    world.clock.advance(90 * day)

    const ended = await Promise.all([expire(world), expire(world), expire(world)])

    expect(ended.filter(count => count > 0)).toStrictEqual([1])
    expect(await eventTypesOf(world, request.id)).toStrictEqual(['removalRequested', 'requestExpired'])
  })
})
