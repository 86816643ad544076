import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { readProfiles } from '../src/profiles-file.js'
import { killChildren, startChild } from './making/child.js'
import { audience, openIssuer } from './making/issuer.js'
import { bob, contoso, northwind } from './making/places.js'
import { closeConnections, exchange, headerOf } from './making/raw-connection.js'
import { profilesPath } from './making/requests.js'
import { portIn } from './making/running.js'

const issuer = await openIssuer()
const folder = await mkdtemp(join(tmpdir(), 'lethe-api-'))
afterEach(() => {
  closeConnections()
  killChildren()
})
afterAll(async () => {
  await issuer.close()
  await rm(folder, { recursive: true })
})

const environment = {
  LETHE_TENANTS: `${contoso},${northwind}`,
  LETHE_AUDIENCES: audience,
  LETHE_ISSUERS: issuer.template,
  LETHE_ALLOW_INSECURE_ISSUER: 'true',
  LETHE_PORT: '0',
  LETHE_DRAIN_SECONDS: '0',
  LETHE_DATABASE_URL: 'memory:',
  LETHE_GRAPH_URL: 'memory:',
}

describe('the process of the API', () => {
  test('says all that is wrong with its settings at once, and ends with 1', async () => {
    const secret = 'hunter2'
    const child = startChild({
      LETHE_PORT: secret,
      LETHE_CONTRACT: secret,
      LETHE_TENANTS: '*',
      LETHE_APPROVALS: secret,
    })
    expect(await child.ended).toBe(1)
    const said = child.said()
    expect(said.split('\n')).toEqual([
      'lethe-api cannot start:',
      'LETHE_PORT: expected a port, 0 to 65535',
      'LETHE_CONTRACT: expected seed or graph',
      'LETHE_TENANTS: expected a list of tenant ids, no wildcard',
      'LETHE_AUDIENCES: expected a list of audiences',
      'LETHE_ISSUERS: expected a list of issuer URLs',
      'LETHE_APPROVALS: expected automatic, or how many people must approve (1 or more)',
      'LETHE_DATABASE_URL: expected a postgres:// URL with one host, user and password percent-encoded, or memory: to keep nothing',
      'LETHE_GRAPH_CLIENT_SECRET, LETHE_GRAPH_CERTIFICATE_FILE, LETHE_GRAPH_FEDERATED_TOKEN_FILE: expected one of them (none with LETHE_GRAPH_URL=memory:)',
      '',
    ])
    expect(said).not.toContain(secret)
  })

  test('says that its port is in use, and ends with 1', async () => {
    const other = createServer()
    await new Promise<void>(resolve => {
      other.listen(0, '127.0.0.1', resolve)
    })
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const child = startChild({ ...environment, LETHE_PORT: String(port) })
      expect(await child.ended).toBe(1)
      expect(child.said()).toBe(
        'lethe-api cannot start:\nLETHE_HOST and LETHE_PORT: expected an address that can be listened on (EADDRINUSE)\n',
      )
    } finally {
      other.close()
    }
  })

  test('says that it cannot have its address, and ends with 1', async () => {
    const child = startChild({
      ...environment,
      LETHE_ISSUERS: 'https://login.microsoftonline.com/{tenantid}/v2.0',
      LETHE_HOST: '192.0.2.1',
      LETHE_PUBLIC_URL: 'https://lethe.example',
    })
    expect(await child.ended).toBe(1)
    expect(child.said()).toMatch(/^lethe-api cannot start:\nLETHE_HOST and LETHE_PORT: expected /)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('serves, and ends with 0 on %s', async signal => {
    const child = startChild({ ...environment, LETHE_TENANT: 'misspelt' })
    await expect.poll(() => portIn(child.said())).toBeGreaterThan(0)
    const base = `http://127.0.0.1:${portIn(child.said())}`
    expect((await fetch(`${base}/healthz/ready`)).status).toBe(200)
    expect(child.said()).toContain('"unknown":["LETHE_TENANT"]')
    expect(child.said()).not.toContain('misspelt')
    child.process.kill(signal)
    expect(await child.ended).toBe(0)
    expect(child.said()).toContain('"msg":"stopped"')
  })

  test('says once what Kubernetes sets for a service called lethe', async () => {
    const child = startChild({
      ...environment,
      LETHE_SERVICE_HOST: '10.0.0.11',
      LETHE_PORT_8080_TCP_ADDR: '10.0.0.11',
    })
    await expect.poll(() => portIn(child.said())).toBeGreaterThan(0)
    const warnings = child
      .said()
      .split('\n')
      .filter(line => line.includes('enableServiceLinks: false'))
    expect(warnings).toEqual([expect.stringContaining('"injected":2')])
    expect(child.said()).not.toContain('10.0.0.11')
  })

  test.each(['api', 'worker'] as const)('does not start as %s with a store in memory', async role => {
    const child = startChild(environment, ['--role', role])
    expect(await child.ended).toBe(1)
    expect(child.said()).toMatch(
      new RegExp(`^lethe-api cannot start:\nLETHE_DATABASE_URL: expected .* --role ${role}: .*\n$`),
    )
  })

  describe('while it drains', () => {
    /** An hour: nothing but a second signal ends it. */
    const draining = async (signal: NodeJS.Signals) => {
      const child = startChild({ ...environment, LETHE_DRAIN_SECONDS: '3600' })
      await expect.poll(() => portIn(child.said())).toBeGreaterThan(0)
      const base = `http://127.0.0.1:${portIn(child.said())}`
      expect((await fetch(`${base}/healthz/ready`)).headers.get('Connection')).toBe('keep-alive')
      child.process.kill(signal)
      await expect.poll(child.said).toContain('"msg":"draining"')
      return { child, base, port: portIn(child.said()) }
    }

    test('it is not ready, and answers on new connections', async () => {
      const { child, base, port } = await draining('SIGTERM')
      expect((await fetch(`${base}/healthz/ready`)).status).toBe(503)
      const answer = await exchange(port, 'GET /healthz/live HTTP/1.1\r\nHost: x\r\n\r\n')
      expect(answer).toMatch(/^HTTP\/1\.1 200 /)
      expect(headerOf(answer, 'Connection')).toBe('close')
      const read = await fetch(`${base}${profilesPath}`, {
        headers: { Authorization: `Bearer ${await issuer.tokenOf('pradeep')}` },
      })
      expect(read.status).toBe(200)
      expect(child.said()).not.toContain('"msg":"stopping"')
    })

    test.each(['SIGTERM', 'SIGINT'] as const)('a second signal, %s, ends the waiting', async signal => {
      const { child } = await draining('SIGTERM')
      child.process.kill(signal)
      expect(await child.ended).toBe(0)
      expect(child.said()).toContain('"msg":"stopped"')
    })
  })

  test('drains no longer than it is told, and stops', async () => {
    const child = startChild({ ...environment, LETHE_DRAIN_SECONDS: '1' })
    await expect.poll(() => portIn(child.said())).toBeGreaterThan(0)
    expect((await fetch(`http://127.0.0.1:${portIn(child.said())}/healthz/ready`)).status).toBe(200)
    child.process.kill('SIGTERM')
    expect(await child.ended).toBe(0)
    expect(child.said()).toContain('"msg":"draining"')
  })

  test('starts with the profiles of a file', async () => {
    const file = join(folder, 'profiles.json')
    await writeFile(file, JSON.stringify([{ resourceTenantId: contoso, profiles: [bob] }]))
    const child = startChild({ ...environment, LETHE_PROFILES_FILE: file })
    await expect.poll(() => portIn(child.said())).toBeGreaterThan(0)
    const path = `${profilesPath}/${bob.userId}`
    const response = await fetch(`http://127.0.0.1:${portIn(child.said())}${path}`, {
      headers: { Authorization: `Bearer ${await issuer.tokenOf('pradeep')}` },
    })
    expect(response.status).toBe(200)
    expect(child.said()).not.toContain(bob.userId)
  })

  test('does not start with something else of profiles, and shows none of it', async () => {
    const file = join(folder, 'wrong.json')
    await writeFile(file, '[{"resourceTenantId":"hunter2","profiles":[{"userId":"hunter2"}]}]')
    const child = startChild({ ...environment, LETHE_PROFILES_FILE: file })
    expect(await child.ended).toBe(1)
    expect(child.said()).toMatch(/^lethe-api cannot start:\nLETHE_PROFILES_FILE: /)
    expect(child.said()).not.toContain('hunter2')
  })

  test.each([
    ['no such file', null],
    ['no JSON', 'hunter2'],
  ])('reads no profiles where there is %s, and shows none of it', async (_what, content) => {
    const file = join(folder, 'wrong.json')
    if (content === null) await rm(file, { force: true })
    else await writeFile(file, content)
    const read = await readProfiles(file)
    expect(read).toMatchObject({ left: { mistakes: [expect.stringMatching(/^LETHE_PROFILES_FILE: /)] } })
    expect(JSON.stringify(read)).not.toContain('hunter2')
  })
})
