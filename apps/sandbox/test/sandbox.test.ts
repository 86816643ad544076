import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { graphAudience } from '../src/identity/graph-access.js'
import { contoso } from '../src/people.js'
import { alice, bob, seedProfiles } from '../src/seed-profiles.js'
import { removeFolders } from './making/folders.js'
import { isFree, occupy } from './making/ports.js'
import { freshSettings, openSandbox, stopSandboxes, tryToStart } from './making/running.js'

afterEach(stopSandboxes)
afterAll(removeFolders)

const tokenFrom = async (identity: string, body: unknown): Promise<string> =>
  (
    await fetch(`${identity}/sandbox/token`, {
      method: 'POST',
      headers: { Accept: 'text/plain' },
      body: JSON.stringify(body),
    })
  ).text()

const statusOf = async (
  { lethe, identity }: { readonly lethe: string; readonly identity: string },
  body: unknown,
  path: string,
): Promise<number> => {
  const token = await tokenFrom(identity, body)
  return (await fetch(`${lethe}${path}`, { headers: { Authorization: `Bearer ${token}` } })).status
}

const profiles = '/beta/directory/inboundSharedUserProfiles'

describe('the sandbox', () => {
  test('lets in whom its identity provider vouches for, as its twin of Graph does, and nobody else', async () => {
    const { addresses } = await openSandbox()
    for (const as of ['adele', 'megan', 'isaiah', 'pradeep', 'daemon'])
      expect(await statusOf(addresses, { as }, `${profiles}/${bob}`)).toBe(200)
    expect(await statusOf(addresses, { as: 'omar' }, `${profiles}/${bob}`)).toBe(404)
    expect(await statusOf(addresses, { as: 'personal' }, `${profiles}/${bob}`)).toBe(403)
    expect(await statusOf(addresses, { as: 'adele', key: 'rogue' }, profiles)).toBe(401)
    expect(await statusOf(addresses, { as: 'adele', expiresInSeconds: -301 }, profiles)).toBe(401)
    expect(await statusOf(addresses, { as: 'adele', claims: { aud: 'x' } }, profiles)).toBe(401)
    // It has a twin of Graph, for tokens of Graph, which asks more of whose sign-in was set so.
    await fetch(`${addresses.graph}/sandbox/faults`, {
      method: 'PUT',
      body: JSON.stringify({ tenantId: contoso, faults: {} }),
    })
    const claims = { aud: graphAudience }
    const atTwin = { ...addresses, lethe: addresses.graph }
    expect(await statusOf(atTwin, { as: 'pradeep', claims }, `${profiles}/${bob}`)).toBe(200)
    expect(await statusOf(addresses, { as: 'pradeep', claims }, `${profiles}/${bob}`)).toBe(401)
    expect(await statusOf(atTwin, { as: 'pradeep' }, `${profiles}/${bob}`)).toBe(401)

    const demand = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } })
    await fetch(`${addresses.identity}/sandbox/sign-ins/pradeep`, {
      method: 'PUT',
      body: JSON.stringify({ state: 'ok', claims: demand }),
    })
    expect(await statusOf(atTwin, { as: 'pradeep', claims }, `${profiles}/${bob}`)).toBe(401)
    const stronger = { ...claims, acrs: ['c1'] }
    expect(await statusOf(atTwin, { as: 'pradeep', claims: stronger }, `${profiles}/${bob}`)).toBe(200)
  })

  test('takes the settings of the API that it does not fix itself', async () => {
    const { addresses } = await openSandbox({
      LETHE_CONTRACT: 'graph',
      LETHE_TENANTS: '*',
      LETHE_HOST: '0.0.0.0',
      LETHE_AUDIENCES: 'x',
    })
    const token = await tokenFrom(addresses.identity, { as: 'daemon' })
    const removal = await fetch(`${addresses.lethe}${profiles}/${bob}/removePersonalData`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(removal.status).toBe(204)
    expect(removal.headers.get('Operation-Location')).toMatch(`${addresses.lethe}/lethe/v1/removalRequests/`)
  })

  test('says what is wrong with those, and starts nothing', async () => {
    const settings = await freshSettings()
    expect(await tryToStart(settings, { LETHE_CONTRACT: 'hunter2' })).toEqual(
      E.left({ mistakes: ['LETHE_CONTRACT: expected seed or graph'] }),
    )
    expect(await isFree(settings.identityPort)).toBe(true)
  })

  test('lets go of its ports when it stops', async () => {
    const { addresses, stop } = await openSandbox()
    await stop()
    for (const address of [addresses.lethe, addresses.identity, addresses.graph])
      expect(await isFree(Number(new URL(address).port))).toBe(true)
  })

  test('knows its tokens, its requests and who is gone again after a restart, unless it is reset', async () => {
    const settings = await freshSettings()
    const first = await openSandbox({}, settings)
    const [adele, megan] = [
      await tokenFrom(first.addresses.identity, { as: 'adele' }),
      await tokenFrom(first.addresses.identity, { as: 'megan' }),
    ]
    const ask = (method: string, path: string, token: string) =>
      fetch(path, {
        method,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      })
    const profileOfBob = `${first.addresses.lethe}${profiles}/${bob}`
    const removal = await ask('POST', `${profileOfBob}/removePersonalData`, adele)
    const request = removal.headers.get('Operation-Location') ?? ''
    await first.stop()

    const second = await openSandbox({}, settings)
    expect((await ask('POST', `${request}/approve`, megan)).status).toBe(200)
    await expect.poll(async () => (await ask('GET', request, megan)).text()).toContain('"state":"completed"')
    await second.stop()

    const third = await openSandbox({}, settings)
    expect(await (await ask('GET', request, megan)).text()).toContain('"outcome":"verifiedAbsent"')
    expect((await ask('GET', profileOfBob, megan)).status).toBe(404)
    await third.stop()

    await writeFile(join(settings.stateFolder, 'other'), 'kept')
    const fourth = await openSandbox({}, { ...settings, reset: true })
    expect((await ask('GET', request, megan)).status).toBe(401)
    const anew = await tokenFrom(fourth.addresses.identity, { as: 'megan' })
    expect((await ask('GET', request, anew)).status).toBe(404)
    expect((await ask('GET', profileOfBob, anew)).status).toBe(200)
    expect(await readFile(join(settings.stateFolder, 'other'), 'utf8')).toBe('kept')
  })

  test.each([
    ['lethePort', (port: number) => `Lethe cannot listen on port ${port}; set LETHE_PORT to another one.`],
    [
      'identityPort',
      (port: number) =>
        `The identity provider cannot listen on port ${port}; set LETHE_SANDBOX_IDENTITY_PORT to another one.`,
    ],
    [
      'graphPort',
      (port: number) =>
        `The Graph twin cannot listen on port ${port}; set LETHE_SANDBOX_GRAPH_PORT to another one.`,
    ],
    [
      'postgresPort',
      (port: number) =>
        `PostgreSQL cannot listen on port ${port}; set LETHE_SANDBOX_POSTGRES_PORT to another one.`,
    ],
  ] as const)('says that its port is in use, and leaves nothing running: %s', async (which, mistake) => {
    const settings = await freshSettings()
    const release = await occupy(settings[which])
    try {
      expect(await tryToStart(settings)).toEqual(E.left({ mistakes: [mistake(settings[which])] }))
      const all = ['lethePort', 'identityPort', 'graphPort', 'postgresPort'] as const
      const others = all.filter(port => port !== which)
      expect(await Promise.all(others.map(async port => isFree(settings[port])))).toEqual([true, true, true])
    } finally {
      await release()
    }
  })
})

describe('its profiles', () => {
  test('are 500 of Contoso from five home tenants, Bob and Alice among them, and 20 of Northwind', () => {
    const [contosos = [], northwinds = []] = [...seedProfiles().values()]
    expect([contosos.length, northwinds.length]).toEqual([500, 20])
    expect(new Set(contosos.map(({ homeTenantId }) => homeTenantId)).size).toBe(5)
    expect(new Set([...contosos, ...northwinds].map(({ userId }) => userId)).size).toBe(520)
    expect(new Set(contosos.map(({ userPrincipalName }) => userPrincipalName)).size).toBe(500)
    expect(contosos.map(({ userId }) => String(userId))).toEqual(expect.arrayContaining([bob, alice]))
    expect(contosos.map(({ homeTenantId }) => String(homeTenantId))).not.toContain(contoso)
  })

  test('are the same each time', () => {
    expect(seedProfiles()).toEqual(seedProfiles())
  })
})
