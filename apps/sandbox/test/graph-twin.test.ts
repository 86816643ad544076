import * as t from 'io-ts'
import { afterAll, describe, expect, test } from 'vitest'
import { graphResource } from '../src/identity/graph-access.js'
import { contoso, letheClientId, northwind } from '../src/people.js'
import { alice, bob } from '../src/seed-profiles.js'
import { decoded } from './making/decoded.js'
import { removeFolders } from './making/folders.js'
import { contosoUsers, look, openTwin, remove, setFaults, startTwin, stopTwins } from './making/twin.js'

afterAll(async () => {
  await stopTwins()
  await removeFolders()
})

const Collection = t.type({ value: t.array(t.type({ userId: t.string })) })

describe('the twin of Graph', () => {
  test('shows the profiles of the tenant', async () => {
    const twin = await openTwin()
    await setFaults(twin, {})
    const token = await twin.tokenOf('pradeep')
    expect(JSON.parse((await look(twin, token, bob)).text ?? '')).toMatchObject({
      userId: bob,
      displayName: 'Bob',
    })
    const list = await fetch(
      `${twin.address}/beta/directory/inboundSharedUserProfiles?$filter=userId eq '${alice}'`,
      {
        headers: { Authorization: `Bearer ${token}` },
      },
    )
    expect(decoded(Collection)(await list.json()).value.map(({ userId }) => userId)).toEqual([alice])
  })

  test('removes at once, for people with the role and for applications, and shows it to the next read', async () => {
    const twin = await openTwin()
    await setFaults(twin, {})
    const [adele, daemon] = [await twin.tokenOf('adele'), await twin.tokenOf('daemon')]
    for (const [token, user] of [
      [adele, bob],
      [daemon, alice],
    ] as const) {
      const removal = await remove(twin, token, user)
      expect([removal.status, removal.text]).toEqual([204, ''])
      expect((await look(twin, token, user)).status).toBe(404)
      const again = await remove(twin, token, user)
      expect(again.status).toBe(404)
      expect(again.text).toContain('Request_ResourceNotFound')
      expect(twin.ledger.view().people).toContainEqual({
        tenantId: contoso,
        userId: user,
        removals: 1,
        accepted: 1,
        inVain: 1,
      })
    }
  })

  test('removes many at once, each of them once', async () => {
    const twin = await openTwin()
    await setFaults(twin, {})
    const token = await twin.tokenOf('daemon')
    const users = contosoUsers().slice(0, 100)
    const seen = await Promise.all(users.map(user => remove(twin, token, user)))
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([204]))
    expect(twin.ledger.view().people.toSorted((one, other) => (one.userId < other.userId ? -1 : 1))).toEqual(
      users.toSorted().map(userId => ({ tenantId: contoso, userId, removals: 1, accepted: 1, inVain: 0 })),
    )
  })

  test('lets nobody in with a token for Lethe, without the role, or from elsewhere', async () => {
    const twin = await openTwin()
    await setFaults(twin, {})
    const statuses = [
      (await remove(twin, await twin.tokenOf('adele', { aud: letheClientId }), bob)).status,
      (await remove(twin, await twin.tokenOf('adele', { wids: [] }), bob)).status,
      (await remove(twin, await twin.tokenOf('pradeep'), bob)).status,
      (await remove(twin, await twin.tokenOf('omar'), bob)).status,
      (await remove(twin, await twin.tokenOf('adele', { aud: graphResource }), bob)).status,
    ]
    expect(statuses).toEqual([401, 403, 403, 404, 204])
  })

  test('remembers after a restart who is gone', async () => {
    const twin = await openTwin()
    await setFaults(twin, {})
    const token = await twin.tokenOf('adele')
    expect((await remove(twin, token, bob)).status).toBe(204)
    await twin.stop()
    const again = await startTwin(twin.settings)
    await setFaults(again, {})
    expect((await look(again, token, bob)).status).toBe(404)
    expect((await look(again, token, alice)).status).toBe(200)
  })

  test('lets a removed profile show for a while where it is told to', async () => {
    let now = 0
    const twin = await openTwin({ clock: () => now })
    const token = await twin.tokenOf('adele')
    await setFaults(twin, { staysForSeconds: 30 })
    expect((await remove(twin, token, bob)).status).toBe(204)
    expect((await look(twin, token, bob)).status).toBe(200)
    expect((await remove(twin, token, bob)).status).toBe(204)
    now = 29_999
    expect((await look(twin, token, bob)).status).toBe(200)
    now = 30_000
    expect((await look(twin, token, bob)).status).toBe(404)
    expect(twin.ledger.view().people).toEqual([
      { tenantId: contoso, userId: bob, removals: 1, accepted: 2, inVain: 0 },
    ])
  })

  test('counts how calls were answered, reads and writes apart', async () => {
    const twin = await openTwin()
    await setFaults(twin, {})
    const [adele, omar] = [await twin.tokenOf('adele'), await twin.tokenOf('omar')]
    await look(twin, adele, bob)
    await look(twin, omar, bob)
    await remove(twin, adele, bob)
    for (const ending of ['status429', 'resetAfter', 'truncated']) {
      await setFaults(twin, { endings: { [ending]: 1 } })
      await remove(twin, adele, alice)
    }
    const ledger: unknown = await (await fetch(`${twin.address}/sandbox/ledger`)).json()
    expect(ledger).toMatchObject({
      people: [
        { userId: bob, removals: 1, accepted: 1, inVain: 0 },
        { userId: alice, removals: 1, accepted: 1, inVain: 1 },
      ],
      calls: [
        { tenantId: contoso, reads: { 200: 1 }, writes: { 204: 1, 429: 1, none: 2 } },
        { tenantId: northwind, reads: { 404: 1 }, writes: {} },
      ],
    })
  })

  test('listens on loopback only', async () => {
    const twin = await openTwin()
    expect(new URL(twin.address).hostname).toBe('127.0.0.1')
    await expect(fetch(twin.address.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow('fetch failed')
  })
})
