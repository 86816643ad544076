import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { contoso } from '../src/people.js'
import { startSandbox } from '../src/sandbox.js'
import { alice, bob, seedProfiles } from '../src/seed-profiles.js'
import { newFolder, removeFolders } from './making/folders.js'
import { freePorts, isFree, occupy } from './making/ports.js'
import { openSandbox, stopSandboxes } from './making/running.js'

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
  test('lets in whom its identity provider vouches for, and nobody else', async () => {
    const { addresses } = await openSandbox()
    for (const as of ['adele', 'megan', 'isaiah', 'pradeep', 'daemon'])
      expect(await statusOf(addresses, { as }, `${profiles}/${bob}`)).toBe(200)
    expect(await statusOf(addresses, { as: 'omar' }, `${profiles}/${bob}`)).toBe(404)
    expect(await statusOf(addresses, { as: 'personal' }, `${profiles}/${bob}`)).toBe(403)
    expect(await statusOf(addresses, { as: 'adele', key: 'rogue' }, profiles)).toBe(401)
    expect(await statusOf(addresses, { as: 'adele', expiresInSeconds: -120 }, profiles)).toBe(401)
    expect(await statusOf(addresses, { as: 'adele', claims: { aud: 'x' } }, profiles)).toBe(401)
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

  test('says what is wrong with those', async () => {
    const { lethe, identity } = await freePorts()
    const settings = {
      lethePort: lethe,
      identityPort: identity,
      stateFolder: await newFolder(),
      reset: false,
    }
    expect(await startSandbox(settings, { LETHE_CONTRACT: 'hunter2' })).toEqual(
      E.left({ mistakes: ['LETHE_CONTRACT: expected seed or graph'] }),
    )
    expect(await isFree(identity)).toBe(true)
  })

  test('lets go of its ports when it stops', async () => {
    const { addresses, stop } = await openSandbox()
    await stop()
    for (const address of [addresses.lethe, addresses.identity])
      expect(await isFree(Number(new URL(address).port))).toBe(true)
  })

  test('knows its tokens again after a restart, unless it is reset', async () => {
    const stateFolder = await newFolder()
    const { lethe, identity } = await freePorts()
    const restarted = async (reset: boolean, path: string, token: string): Promise<number> => {
      const settings = { lethePort: lethe, identityPort: identity, stateFolder, reset }
      const sandbox = await startSandbox(settings, {})
      if (E.isLeft(sandbox)) throw new Error('The sandbox did not start')
      try {
        const { addresses } = sandbox.right
        kept = token === '' ? await tokenFrom(addresses.identity, { as: 'adele' }) : token
        const response = await fetch(`${addresses.lethe}${path}`, {
          headers: { Authorization: `Bearer ${kept}` },
        })
        return response.status
      } finally {
        await sandbox.right.stop()
      }
    }
    let kept = ''
    expect(await restarted(false, profiles, '')).toBe(200)
    expect(await restarted(false, profiles, kept)).toBe(200)
    await writeFile(join(stateFolder, 'other'), '')
    expect(await restarted(true, profiles, kept)).toBe(401)
  })

  test.each(['lethe', 'identity'] as const)('says which port is in use: %s', async which => {
    const ports = await freePorts()
    const release = await occupy(ports[which])
    const settings = {
      lethePort: ports.lethe,
      identityPort: ports.identity,
      stateFolder: await newFolder(),
      reset: false,
    }
    try {
      expect(await startSandbox(settings, {})).toEqual(
        E.left({
          mistakes: [
            which === 'lethe'
              ? `Lethe cannot listen on port ${ports.lethe}; set LETHE_PORT to another one.`
              : `The identity provider cannot listen on port ${ports.identity}; set LETHE_SANDBOX_IDENTITY_PORT to another one.`,
          ],
        }),
      )
      expect(await isFree(which === 'lethe' ? ports.identity : ports.lethe)).toBe(true)
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
