import { getHistory, getRemovalRequest, listProfiles, listRemovalRequests } from '@lethe/application'
import { elementAt, refuse, succeed } from '@lethe/application/testing'
import type { SealedEvent } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import { freshIds } from '../fresh-ids.js'
import { denied, submitted, submittedAndApproved } from './acts.js'
import { administrator, bob, granted } from './people.js'
import { createWorld, historyOf } from './world.js'

const firstPage = { size: 10, after: null }

describe('reading', () => {
  it('lists requests with the people in them', async () => {
    const world = createWorld()
    const first = await submitted(world)
    await denied(world, first.request.id, world.megan, 'A note')
    const second = await submitted(world)
    const grant = granted('listRemovalRequests', world.adele)

    const { items, next } = await succeed(
      listRemovalRequests(world.deps)({ grant, filter: { userId: bob }, page: firstPage }),
    )

    expect(next).toBeNull()
    expect(items.map(({ request }) => request.id)).toStrictEqual([second.request.id, first.request.id])
    expect(items).toMatchObject([
      { userId: bob, note: null },
      { userId: bob, note: 'A note' },
    ])
  })

  it('shows another tenant nothing', async () => {
    const world = createWorld()
    const { request } = await submitted(world)
    const stranger = administrator(freshIds.tenantId())
    const { id } = request
    const notFound = { _tag: 'RequestNotFound', id }

    const list = listRemovalRequests(world.deps)({
      grant: granted('listRemovalRequests', stranger),
      filter: {},
      page: firstPage,
    })
    expect((await succeed(list)).items).toStrictEqual([])
    const get = getRemovalRequest(world.deps)({ grant: granted('getRemovalRequest', stranger), id })
    expect(await refuse(get)).toStrictEqual(notFound)
    const history = getHistory(world.deps)({ grant: granted('getHistory', stranger), id })
    expect(await refuse(history)).toStrictEqual(notFound)
    const profiles = listProfiles(world.deps)({
      grant: granted('listProfiles', stranger),
      conditions: [],
      page: firstPage,
    })
    expect((await succeed(profiles)).items).toStrictEqual([])
  })

  it('says where a stored history was changed, or cut off', async () => {
    const world = createWorld()
    const { id } = await submittedAndApproved(world)
    const whole = await historyOf(world, id)
    const second = elementAt(whole.events, 1)
    const forged: SealedEvent = {
      ...second,
      envelope: { ...second.envelope, data: { by: freshIds.identifiers.actorReference() } },
    }
    const grant = granted('getHistory', world.megan)
    const brokenIn = async (events: ReadonlyArray<SealedEvent>) => {
      const history = () => TE.right(O.some({ ...whole, events }))
      return (await succeed(getHistory({ ...world.deps, removalRequests: { history } })({ grant, id })))
        .broken
    }

    expect(await brokenIn(whole.events)).toBeNull()
    expect(await brokenIn(whole.events.with(1, forged))).toMatchObject({
      position: 2,
      reason: 'contentDiffers',
    })
    expect(await brokenIn(whole.events.slice(0, 2))).toMatchObject({ position: 2, reason: 'headDiffers' })
    expect(await brokenIn(whole.events.toSpliced(1, 1))).toMatchObject({
      position: 2,
      reason: 'outOfSequence',
    })
  })
})
