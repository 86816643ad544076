import { sha256Digest, systemClock } from '@lethe/adapter-system'
import { automatic, refuse, rightOf, submissionOf, succeed } from '@lethe/application/testing'
import { addSeconds } from '@lethe/domain'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migratedDatabase, type TestDatabase } from './making/database.js'
import { freshIds } from './making/fresh-ids.js'
import { openStoreOn } from './making/store.js'

const day = 86_400

let database: TestDatabase
beforeAll(async () => {
  database = await migratedDatabase()
})
afterAll(async () => {
  await database.drop()
})

const shifted = (seconds: number) => ({ now: () => addSeconds(systemClock.now(), seconds) })

it.each([121, -121, 400 * day, -700 * day])(
  'an event that is dated %i seconds from now is not recorded, whatever the clock says when it is written',
  async seconds => {
    const store = rightOf(await openStoreOn(database.appUrl, { clock: systemClock, connections: 2 }))
    const tenantId = freshIds.tenantId()
    const dated = (clock: typeof systemClock) =>
      submissionOf({ ids: freshIds, digest: sha256Digest, clock }, { tenantId, policy: automatic })
    const wrong = dated(shifted(seconds))

    expect(await refuse(store.removalRequests.submit(wrong))).toMatchObject({ _tag: 'Unavailable' })
    expect(await succeed(store.removalRequests.load(tenantId, wrong.requestId))).toMatchObject({
      _tag: 'None',
    })
    // Its clock is right: it is ready, and the same connections are used again.
    expect(await store.notReady()).toBe(null)
    for (const near of [0, 110, -110])
      expect((await succeed(store.removalRequests.submit(dated(shifted(near))))).joined).toBe(false)
    await store.close()
  },
)

it('nothing that is due is asked for by a wrong clock, and no sign-in kept or forgotten by one', async () => {
  let ahead = 0
  const told: Array<number> = []
  const clock = { now: () => addSeconds(systemClock.now(), ahead) }
  const onClock = (seconds: number) => {
    told.push(seconds)
  }
  const store = rightOf(await openStoreOn(database.appUrl, { clock, onClock }))
  const { sealedSignIns, removalRequests } = store
  const tenantId = freshIds.tenantId()
  const now = systemClock.now()
  const requestId = freshIds.identifiers.requestId()
  const kept = { actor: freshIds.identifiers.actorReference(), sealed: 'c2VhbGVk', keptAt: now }
  const erase = sealedSignIns.eraseKeptBefore(tenantId, addSeconds(now, day))
  await succeed(sealedSignIns.put(tenantId, requestId, kept))

  for (const refused of [
    sealedSignIns.put(tenantId, requestId, { ...kept, keptAt: addSeconds(now, 400 * day) }),
    removalRequests.expiring(tenantId, addSeconds(now, 400 * day), 10),
  ])
    expect(await refuse<unknown>(refused)).toMatchObject({ _tag: 'Unavailable' })
  // Also before it was looked at.
  ahead = -700 * day
  expect(await refuse(erase)).toMatchObject({ _tag: 'Unavailable' })
  expect(await store.notReady()).toBe('clock')
  for (const refused of [
    store.jobs.receive(1),
    store.jobs.receiveDead(1),
    removalRequests.resume(tenantId, 0, 10),
    removalRequests.overdue(tenantId, clock.now()),
  ])
    expect(await refuse<unknown>(refused)).toMatchObject({ _tag: 'Unavailable' })
  expect(told.map(seconds => Math.round(seconds / day))).toStrictEqual([-700])

  ahead = 0

  expect(await store.notReady()).toBe(null)
  expect(await succeed(sealedSignIns.find(tenantId, requestId))).toMatchObject({ value: kept })
  expect(await succeed(erase)).toBe(1)
  await store.close()
})
