import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { graphResource } from '../src/identity/graph-access.js'
import { contoso, letheCliClientId, letheClientId } from '../src/people.js'
import { openSandboxDatabase, type SandboxDatabase } from '../src/sandbox-database.js'
import { alice, bob } from '../src/seed-profiles.js'
import { type Child, killChildren, startApi, startChild, startLethe } from './making/child.js'
import { newFolder, removeFolders } from './making/folders.js'
import { freePorts } from './making/ports.js'
import { tokenFrom } from './making/provider.js'
import { names, openProxiedWorld, type ProxiedWorld } from './making/proxied.js'
import { freshSettings, stateFolder } from './making/running.js'

const path = '/beta/directory/inboundSharedUserProfiles'

let world: ProxiedWorld
let database: SandboxDatabase
let settingsOfApi: Readonly<Record<string, string>>
beforeAll(async () => {
  const opened = await openSandboxDatabase(await freshSettings(), () => undefined)
  if (E.isLeft(opened)) throw new Error(`No database: ${opened.left.mistakes.join()}`)
  database = opened.right
})
beforeEach(async () => {
  world = await openProxiedWorld()
  settingsOfApi = {
    ...world.environment,
    LETHE_PORT: '0',
    LETHE_PUBLIC_URL: `https://${names.api}`,
    LETHE_TENANTS: contoso,
    LETHE_AUDIENCES: letheClientId,
    LETHE_ISSUERS: `https://${names.login}/{tenantid}/v2.0`,
    LETHE_AUTHORITY: `https://${names.login}/${contoso}`,
    LETHE_CLI_CLIENT_ID: letheCliClientId,
    LETHE_APPROVALS: 'automatic',
    LETHE_ABSENCE_LOOKS: '1',
    LETHE_HISTORY_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    LETHE_DATABASE_URL: database.appUrl,
    LETHE_GRAPH_URL: `https://${names.graph}/beta`,
    LETHE_GRAPH_AUDIENCE: graphResource,
    LETHE_GRAPH_AUTHORITY: `https://${names.login}`,
    LETHE_GRAPH_CLIENT_ID: world.clientId,
    LETHE_GRAPH_CLIENT_SECRET: world.clientSecret,
  }
})
afterEach(async () => {
  killChildren()
  await world.stop()
})
afterAll(async () => {
  await database.stop()
  await removeFolders()
})

/** Starts the API, and serves it under its name. */
const openApi = async (changes: Readonly<Record<string, string>> = {}) => {
  const child = startApi({ ...settingsOfApi, ...changes })
  const port = (): number => Number(/"port":(\d+)/.exec(child.stderr())?.[1] ?? 0)
  await expect.poll(() => port() > 0 || child.process.exitCode !== null).toBe(true)
  // One that has ended never comes up, and says why.
  if (port() === 0) throw new Error(`Not up: ${child.stderr()}`)
  world.serveApi(port())
  const ask = async (as: string, what: string, method = 'GET'): Promise<Response> =>
    fetch(`http://127.0.0.1:${port()}${what}`, {
      method,
      headers: {
        Authorization: `Bearer ${await tokenFrom(world.identity, { as })}`,
        'Content-Type': 'application/json',
      },
    })
  return { child, ask }
}

const Line = t.type({ msg: t.string })
/** The lines of a log that say something. */
const linesOf = (child: Child, msg: string): ReadonlyArray<unknown> =>
  child
    .stderr()
    .split('\n')
    .filter(line => line !== '')
    .map((line): unknown => JSON.parse(line))
    .filter(line => Line.is(line) && line.msg === msg)

describe('the API behind a proxy, where nothing else gets out', () => {
  test('gets key sets and tokens, lists profiles and removes one', async () => {
    const { child, ask } = await openApi()
    const listed = await ask('adele', path)
    expect(listed.status).toBe(200)
    expect(await listed.text()).toContain(bob)

    const removal = await ask('adele', `${path}/${bob}/removePersonalData`, 'POST')
    expect(removal.status).toBe(204)
    const { pathname } = new URL(removal.headers.get('Operation-Location') ?? '')
    await expect.poll(async () => (await ask('megan', pathname)).text()).toContain('"state":"completed"')

    expect(world.profiles.has(bob)).toBe(false)
    expect(new Set(world.asked)).toStrictEqual(new Set([`${names.login}:443`, `${names.graph}:443`]))
    child.process.kill('SIGTERM')
    expect(await child.ended).toBe(0)
    expect(child.stderr()).not.toContain(world.password)
  })

  test('says in its log that it was the proxy, and for whom', async () => {
    const { child, ask } = await openApi()
    world.refusing.set(names.login, 407)
    expect((await ask('adele', path)).status).toBe(503)
    expect(linesOf(child, 'signing keys not refreshed')).toMatchObject([
      { issuer: `https://${names.login}/${contoso}/v2.0`, code: 'PROXY_407' },
    ])
    child.process.kill('SIGKILL')
    await child.ended

    world.refusing.clear()
    const again = await openApi()
    // The keys are there, the token is not.
    expect((await again.ask('adele', '/lethe/v1/me')).status).toBe(200)
    world.refusing.set(names.login, 403).set(names.graph, 502)
    expect((await again.ask('adele', path)).status).toBe(503)
    expect(linesOf(again.child, 'no token for Graph')).toMatchObject([
      { tenantId: contoso, network: 'PROXY_403' },
    ])
    world.refusing.delete(names.login)
    expect((await again.ask('adele', path)).status).toBe(503)
    expect(linesOf(again.child, 'graph')).toContainEqual(
      expect.objectContaining({ tenantId: contoso, ending: 'notConnected', network: 'PROXY_502' }),
    )
    for (const secret of [world.password, world.environment['HTTPS_PROXY'] ?? ''])
      expect(`${child.stderr()}${again.child.stderr()}`).not.toContain(secret)
  })

  test('goes past it to what NO_PROXY names, and fails there', async () => {
    const { child, ask } = await openApi({ NO_PROXY: names.login })
    expect((await ask('adele', path)).status).toBe(503)
    expect(world.asked).toStrictEqual([])
    expect(child.stderr()).toMatch(
      /"code":"(?:ENOTFOUND|EAI_AGAIN|TIMEOUT)","msg":"signing keys not refreshed"/,
    )
  })

  test('does not start with a proxy that is none, and does not repeat it', async () => {
    const child = startApi({ ...settingsOfApi, HTTPS_PROXY: 'lethe:hunter2@proxy.example:8080' })
    expect(await child.ended).toBe(1)
    expect(child.stderr()).toBe(
      'lethe-api cannot start:\nHTTPS_PROXY: expected the http or https URL of a proxy, such as http://proxy.example:8080\n',
    )
  })
})

describe('the command line behind a proxy, where nothing else gets out', () => {
  let home: string
  beforeEach(async () => {
    home = await newFolder()
  })

  const lethe = (argv: ReadonlyArray<string>, changes: Readonly<Record<string, string>> = {}): Child =>
    startLethe(argv, { ...world.environment, HOME: home, LETHE_SERVER: `https://${names.api}`, ...changes })
  const done = async (argv: ReadonlyArray<string>, changes: Readonly<Record<string, string>> = {}) => {
    const child = lethe(argv, changes)
    const code = await child.ended
    return { code, stdout: child.stdout(), stderr: child.stderr() }
  }
  const graphSettings = () => ({
    LETHE_GRAPH_TENANT: contoso,
    LETHE_GRAPH_URL: `https://${names.graph}/beta`,
    LETHE_GRAPH_AUDIENCE: graphResource,
    LETHE_GRAPH_AUTHORITY: `https://${names.login}`,
    LETHE_GRAPH_CLIENT_ID: world.clientId,
    LETHE_GRAPH_CLIENT_SECRET: world.clientSecret,
  })

  /** Confirms the code that a process shows, as its person does on another device. */
  const confirm = async (child: Child, person: string): Promise<void> => {
    const code = (): string => /the code ([A-Z-]+)/.exec(child.stderr())?.[1] ?? ''
    await expect.poll(code).not.toBe('')
    await fetch(`${world.identity}/sandbox/device`, {
      method: 'POST',
      body: new URLSearchParams({ user_code: code(), person }),
    })
  }

  test('signs in, asks the API, and finds nothing wrong', async () => {
    await openApi()
    const login = lethe(['login', '--force', '--device-code', '--server', `https://${names.api}`])
    await confirm(login, 'adele')
    expect([await login.ended, login.stdout()]).toEqual([0, expect.stringContaining('adele')])
    expect(new Set(world.asked)).toStrictEqual(new Set([`${names.api}:443`, `${names.login}:443`]))

    const listed = await done(['profiles', 'list', '-o', 'json'])
    expect([listed.code, listed.stderr]).toEqual([0, ''])
    expect(listed.stdout).toContain(alice)
    const doctor = await done(['doctor', '-o', 'json'])
    expect(doctor.code).toBe(0)
    expect(doctor.stdout).toContain('The proxy of HTTPS_PROXY is used')
    expect(doctor.stdout).not.toMatch(/"(?:failed|warning)"/)
    expect(doctor.stdout).not.toContain(world.password)
  })

  test('asks Graph itself, and removes there', async () => {
    const listed = await done(['graph', 'profiles', 'list', '-o', 'json'], graphSettings())
    expect(listed.code).toBe(0)
    expect(listed.stdout).toContain(alice)
    const argv = ['graph', 'remove', alice, '--break-glass', '--reason', 'x', '--confirm', alice]
    expect(await done([...argv, '--query', 'outcome'], graphSettings())).toMatchObject({
      code: 0,
      stdout: 'verifiedAbsent\n',
    })
    expect(world.profiles.has(alice)).toBe(false)
    expect(new Set(world.asked)).toStrictEqual(new Set([`${names.login}:443`, `${names.graph}:443`]))

    const login = lethe(['graph', 'login', '--device-code', '--client-id', letheCliClientId], {
      ...graphSettings(),
      LETHE_GRAPH_CLIENT_SECRET: '',
    })
    await confirm(login, 'adele')
    expect(await login.ended).toBe(0)
    const signedIn = { ...graphSettings(), LETHE_GRAPH_CLIENT_SECRET: '' }
    const again = await done(['graph', 'profiles', 'list', '-o', 'json'], signedIn)
    expect(again.code).toBe(0)
    expect(again.stdout).toContain(bob)
  })

  test.each([
    ['doctor', ['doctor', '-o', 'json'], 'The proxy of HTTPS_PROXY does not take who you are (407).'],
    ['a call', ['whoami'], 'The proxy of HTTPS_PROXY failed (407)'],
    ['a call of Graph', ['graph', 'profiles', 'list'], 'Graph cannot be asked now (the proxy failed: 407)'],
  ])('says that it is the proxy that fails: %s', async (_, argv, said) => {
    const { code, stdout, stderr } = await done(argv, {
      ...graphSettings(),
      HTTPS_PROXY: world.strangers,
      LETHE_TOKEN: 'x.y.z',
    })
    expect(`${stdout}${stderr}`).toContain(said)
    expect(code).toBe(5)
    expect(`${stdout}${stderr}`).not.toContain('hunter3')
  })

  test('says that it is the proxy that fails at a sign-in', async () => {
    await openApi()
    world.refusing.set(names.login, 403)
    const login = await done(['login', '--force', '--device-code', '--server', `https://${names.api}`])
    expect([login.code, login.stderr]).toEqual([
      5,
      expect.stringContaining('The proxy of HTTPS_PROXY failed (403)'),
    ])
  })

  test.each(['whoami', 'doctor'])(
    'goes past it to what NO_PROXY names, and fails there: %s',
    async command => {
      const changes = { NO_PROXY: `other.example,${names.api}`, LETHE_TOKEN: 'x.y.z' }
      const { code, stdout, stderr } = await done([command], changes)
      expect([code, world.asked]).toEqual([5, []])
      expect(`${stdout}${stderr}`).toMatch(/ENOTFOUND|EAI_AGAIN/)
    },
  )

  test.each([
    ['whoami', 'HTTPS_PROXY does not hold the http or https URL of a proxy.'],
    ['doctor', 'HTTPS_PROXY does not hold the http or https URL of a proxy.'],
    ['graph profiles list', 'HTTPS_PROXY: expected the http or https URL of a proxy'],
  ])('names the variable of a proxy that is none, and does not repeat it: %s', async (command, said) => {
    const { code, stdout, stderr } = await done(command.split(' '), {
      ...graphSettings(),
      HTTPS_PROXY: 'lethe:hunter2@proxy.example:8080',
      LETHE_TOKEN: 'x.y.z',
    })
    expect([code, `${stdout}${stderr}`]).toEqual([2, expect.stringContaining(said)])
    expect(`${stdout}${stderr}`).not.toContain('hunter2')
  })
})

test.each(['http://127.0.0.1:1', 'proxy.example:8080'])(
  'the sandbox, and the command line with it, mind no proxy of the machine: %s',
  async proxy => {
    const ports = await freePorts()
    const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy }
    const child = startChild({
      ...env,
      LETHE_PORT: String(ports.lethe),
      LETHE_SANDBOX_IDENTITY_PORT: String(ports.identity),
      LETHE_SANDBOX_GRAPH_PORT: String(ports.graph),
      LETHE_SANDBOX_POSTGRES_PORT: String(ports.postgres),
      LETHE_SANDBOX_STATE: await stateFolder(),
      LETHE_SHUTDOWN_SECONDS: '1',
    })
    await expect.poll(child.stdout).toContain('Lethe is ready.')
    const asked = startLethe(['profiles', 'list', '--limit', '1', '-o', 'json'], {
      ...env,
      LETHE_SERVER: `http://127.0.0.1:${ports.lethe}`,
      LETHE_TOKEN: await tokenFrom(`http://127.0.0.1:${ports.identity}`, { as: 'adele' }),
    })
    expect(await asked.ended).toBe(0)
    expect(asked.stdout()).toContain('userId')
    child.process.kill('SIGTERM')
    expect(await child.ended).toBe(0)
  },
)
