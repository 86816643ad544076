import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { ProxyFailure } from '@lethe/standalone/network'
import * as t from 'io-ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { errorAnswer } from './support/answers.js'
import { readCsv } from './support/csv.js'
import { decoded } from './support/decoded.js'
import { type FakeApi, startFakeApi } from './support/fake-api.js'
import { lethe, type World } from './support/fake-io.js'
import { identity, token } from './support/samples.js'
import { openSignInWorld, type SignInWorld } from './support/sign-in-world.js'
import { graphErrors } from '@lethe/graph-contract'

const Findings = t.readonlyArray(
  t.type({ check: t.string, outcome: t.string, finding: t.string, advice: t.union([t.string, t.null]) }),
)

let api: FakeApi
beforeEach(async () => {
  api = await startFakeApi()
  // Graph is called, and nothing is overdue.
  api.instead = ({ path, headers }) => {
    if (headers.authorization !== `Bearer ${token}`) return null
    if (path === '/lethe/v1/me') return reader
    return path === '/lethe/v1/status' ? status({}) : null
  }
})
afterEach(() => api.close())

const profiles = '/beta/directory/inboundSharedUserProfiles'

const reader = { status: 200, body: identity({ operations: ['listRemovalRequests', 'listProfiles'] }) }

const status = (over: object) => ({
  status: 200,
  body: {
    overdue: 0,
    unreadable: 0,
    queue: { waiting: 0, longestWaitSeconds: null, held: 0 },
    worker: { unseenSeconds: 3 },
    graph: null,
    ...over,
  },
})

const examine = async (world: World = {}, argv: ReadonlyArray<string> = []) => {
  const ran = await lethe(api.url, ['doctor', '-o', 'json', ...argv], world)
  const findings = decoded(Findings, JSON.parse(ran.stdout))
  const outcomes = Object.fromEntries(findings.map(({ check, outcome }) => [check, outcome]))
  const of = (name: string) => findings.find(({ check }) => check === name)
  return { ...ran, findings, outcomes, of }
}

const failing = (code: string): World => ({
  fetch: () => Promise.reject(new TypeError('fetch failed', { cause: { code } })),
})
const failingProxy = (reason: string): World => ({
  fetch: () =>
    Promise.reject(new TypeError('fetch failed', { cause: new ProxyFailure('HTTPS_PROXY', reason) })),
})
const https = ['--server', 'https://lethe.example']

describe('lethe doctor', () => {
  it('finds nothing wrong with a setup that is right', async () => {
    const { code, stderr, findings } = await examine()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(findings.map(({ check }) => check)).toEqual([
      'node',
      'terminal',
      'proxy',
      'trust',
      'address',
      'name',
      'connection',
      'certificate',
      'lethe',
      'ready',
      'clock',
      'token',
      'identity',
      'contract',
      'graph',
      'tenant',
    ])
    expect(findings.filter(({ outcome }) => outcome !== 'ok')).toEqual([])
    expect(findings.filter(({ advice }) => advice !== null)).toEqual([])
  })

  it('says what to do about everything that is not right, and skips what builds on it', async () => {
    const { code, findings, outcomes } = await examine(failing('ENOTFOUND'), https)
    expect(code).toBe(5)
    expect(outcomes).toMatchObject({
      address: 'ok',
      name: 'failed',
      connection: 'skipped',
      certificate: 'skipped',
      lethe: 'skipped',
      ready: 'skipped',
      clock: 'skipped',
      token: 'ok',
      identity: 'skipped',
      tenant: 'skipped',
    })
    for (const { outcome, finding, advice } of findings) {
      expect(finding).toMatch(/^\S.*[.]$/)
      expect(advice === null).toBe(outcome === 'ok' || outcome === 'skipped')
    }
  })

  it.each([
    ['ENOTFOUND', 'name', /cannot be resolved/],
    ['EAI_AGAIN', 'name', /cannot be resolved/],
    ['ECONNREFUSED', 'connection', /Nothing listens/],
    ['ECONNRESET', 'connection', /ECONNRESET/],
    ['CERT_HAS_EXPIRED', 'certificate', /expired/],
    ['CERT_NOT_YET_VALID', 'certificate', /not valid yet/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate', /self-signed/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate', /does not know/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', /another name/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'certificate', /does not speak TLS/],
    ['HOSTNAME_MISMATCH', 'certificate', /another name/],
    ['CERT_SIGNATURE_FAILURE', 'certificate', /cannot be accepted \(CERT_SIGNATURE_FAILURE\)/],
    ['INVALID_PURPOSE', 'certificate', /cannot be accepted/],
    ['UND_ERR_SOCKET', 'connection', /does not answer over HTTP/],
    ['HPE_INVALID_CONSTANT', 'connection', /does not answer over HTTP/],
  ])('takes %s for a problem of the %s', async (reason, check, finding) => {
    const { code, findings } = await examine(failing(reason), https)
    expect(code).toBe(5)
    const wrong = findings.filter(({ outcome }) => outcome === 'failed')
    expect(wrong.map(found => found.check)).toEqual([check])
    expect(wrong[0]?.finding).toMatch(finding)
  })

  it.each([
    ['407', /does not take who you are \(407\)/],
    ['403', /does not connect you to the server \(403\)/],
    ['502', /does not connect you to the server \(502\)/],
    ['ECONNREFUSED', /cannot be reached \(ECONNREFUSED\)/],
    ['ENOTFOUND', /cannot be reached \(ENOTFOUND\)/],
  ])('blames the proxy where it is the proxy that fails: %s', async (reason, finding) => {
    const env = { HTTPS_PROXY: 'http://user:secret@proxy:1' }
    const { code, of, outcomes, stdout } = await examine({ ...failingProxy(reason), env }, https)
    expect([code, outcomes['name'], outcomes['connection']]).toEqual([5, 'ok', 'failed'])
    expect(of('connection')?.finding).toMatch(finding)
    expect(of('connection')?.finding).toContain('The proxy of HTTPS_PROXY')
    expect(stdout).not.toContain('secret')
  })

  it('blames the server for what fails beyond the proxy', async () => {
    const env = { HTTPS_PROXY: 'http://user:secret@proxy:1' }
    const { of, outcomes } = await examine({ ...failing('CERT_HAS_EXPIRED'), env }, https)
    expect([outcomes['name'], outcomes['connection'], outcomes['certificate']]).toEqual([
      'ok',
      'ok',
      'failed',
    ])
    expect(of('certificate')?.finding).toMatch(/expired/)
  })

  it.each([
    { NO_PROXY: 'lethe.example' },
    { NO_PROXY: 'localhost, .example' },
    { no_proxy: '*' },
    { NO_PROXY: 'lethe.example:443' },
    { NO_PROXY: 'other.example, lethe.example:80', HTTPS_PROXY: '' },
  ])('names no proxy that is not asked (%#)', async env => {
    const usual = { HTTPS_PROXY: 'http://proxy:1' }
    const { outcomes } = await examine({ ...failing('ENOTFOUND'), env: { ...usual, ...env } }, https)
    expect([outcomes['name'], outcomes['connection']]).toEqual(['failed', 'skipped'])
  })

  it.each(['secret.example:8080', 'socks5://user:secret@proxy', 'http://user:%zz@proxy', 'secret'])(
    'finds that a proxy is no URL of one, and does not repeat it (%#)',
    async url => {
      const { code, of, stdout } = await examine({ env: { HTTPS_PROXY: url } })
      expect([code, of('proxy')?.outcome]).toEqual([2, 'failed'])
      expect(of('proxy')?.advice).toContain('Correct HTTPS_PROXY')
      expect(stdout).not.toContain(url)
    },
  )

  it.each([
    ['20.19.0', 'warning'],
    ['22.0.0', 'warning'],
    ['22.1.0', 'ok'],
    ['22.10.0', 'ok'],
    ['100.0.0', 'ok'],
  ])('finds Node %s: %s', async (nodeVersion, outcome) => {
    expect((await examine({ nodeVersion })).of('node')?.outcome).toBe(outcome)
  })

  it('tells http that should be https', async () => {
    const { of } = await examine(failing('UND_ERR_SOCKET'))
    expect(of('connection')?.advice).toContain('begins with https')
    expect(of('connection')?.finding).not.toContain('lethe doctor')
  })

  it('sees that the server has moved, and sends no token after it', async () => {
    api.instead = () => ({ status: 301, headers: { location: 'https://new.example/x?y' }, body: null })
    const { code, of, outcomes } = await examine()
    expect([code, outcomes['lethe'], outcomes['identity']]).toEqual([1, 'failed', 'skipped'])
    expect(of('lethe')?.finding).toContain('on to https://new.example (301)')
    expect(api.received.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  it.each(['/lethe/v1/me', '/lethe/v1/status'])(
    'sees that the server is of another version (%s)',
    async missing => {
      api.instead = ({ path }) => {
        if (path === missing) return errorAnswer(graphErrors.segmentNotFound('me'))
        return path === '/lethe/v1/me' ? reader : null
      }
      const { code, findings } = await examine()
      const wrong = findings.filter(({ outcome }) => outcome === 'failed')
      expect([code, wrong.length]).toEqual([1, 1])
      expect(wrong[0]?.finding).toContain('another version')
    },
  )

  it('takes the time of the server for the end of a token', async () => {
    api.instead = ({ path }) =>
      path === '/healthz/live'
        ? { status: 200, headers: { date: 'Mon, 23 Nov 2026 00:00:00 GMT' }, body: { status: 'live' } }
        : null
    const exp = Date.parse('2026-11-23T01:00:00Z') / 1000
    const claims = { tid: identity().tenantId, exp }
    const early = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
    const { outcomes } = await examine({ env: { LETHE_TOKEN: early } })
    expect([outcomes['clock'], outcomes['token']]).toEqual(['warning', 'ok'])
  })

  it('sees that nothing listens', async () => {
    await api.close()
    const { code, outcomes } = await examine()
    expect([code, outcomes['connection']]).toEqual([5, 'failed'])
    await api.reopen()
  })

  it.each([
    ['no address', 'nonsense'],
    ['http across the network', 'http://lethe.example'],
  ])('refuses %s with 2', async (_, server) => {
    const { code, outcomes } = await examine({}, ['--server', server])
    expect(code).toBe(2)
    expect(outcomes).toMatchObject({ address: 'failed', name: 'skipped', identity: 'skipped' })
  })

  it('tells another server from Lethe, and sends it no token', async () => {
    api.instead = () => ({ status: 200, body: { status: 'up' } })
    const { code, outcomes } = await examine()
    expect([code, outcomes['lethe'], outcomes['identity']]).toEqual([1, 'failed', 'skipped'])
    expect(api.received.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  it.each([
    [{}, 'it starts or stops'],
    [{ reason: 'database' }, 'does not answer'],
    [{ reason: 'standby' }, 'standby'],
    [{ reason: 'clock' }, 'clock'],
    [{ reason: 'aNewOne' }, 'it starts or stops'],
  ])('sees that the server is not ready, and why: %o', async (reason, finding) => {
    api.instead = ({ path }) =>
      path === '/healthz/ready' ? { status: 503, body: { status: 'notReady', ...reason } } : null
    const { code, outcomes, of } = await examine()
    expect([code, outcomes['ready'], outcomes['identity']]).toEqual([5, 'failed', 'ok'])
    expect(of('ready')?.finding).toContain(finding)
  })

  it('warns of a Graph that fails for some tenants', async () => {
    api.instead = ({ path }) =>
      path === '/healthz/ready'
        ? { status: 200, body: { status: 'ready', graph: { closed: 1, open: 2, halfOpen: 1 } } }
        : null
    const { code, of } = await examine()
    expect([code, of('ready')?.outcome]).toEqual([0, 'warning'])
    expect(of('ready')?.finding).toContain('for 3 of its tenants')
  })

  it('warns of tenants that no worker serves, or whose Graph takes no credential', async () => {
    const graph = { closed: 3, open: 0, halfOpen: 0, blockedBy: { credential: 1, permission: 0 } }
    api.instead = ({ path }) =>
      path === '/healthz/ready'
        ? { status: 200, body: { status: 'ready', graph, noWorker: { tenants: 2, seconds: 93 } } }
        : null
    const { code, of } = await examine()
    expect([code, of('ready')?.outcome]).toEqual([0, 'warning'])
    expect(of('ready')?.finding).toBe(
      "It takes requests, but Microsoft Graph does not take Lethe's credential for 1 of its tenants; no worker has been seen for 93 s for 2 of its tenants.",
    )
  })

  it.each([
    [{ reason: 'graphCredential', missing: null }, /certificate, secret/, /step 5 of docs\/entra\.md/],
    [{ reason: 'graphPermission', missing: null }, /403/, /step 4 of docs\/entra\.md/],
    [null, /does not get through/, /log/],
  ])('makes one look-up, and names what keeps Lethe from Graph (%#)', async (why, finding, advice) => {
    api.instead = ({ path }) => {
      if (path === '/lethe/v1/me') return reader
      if (path === '/lethe/v1/status') return status({})
      return path === profiles ? errorAnswer(graphErrors.serviceNotAvailable, {}, why) : null
    }
    const { code, of } = await examine()
    expect([code, of('graph')?.outcome]).toEqual([5, 'failed'])
    expect(of('graph')?.finding).toMatch(finding)
    expect(of('graph')?.advice).toMatch(advice)
    expect(
      api.received.filter(({ path }) => path === profiles).map(({ query }) => query.get('$top')),
    ).toEqual(['1'])
  })

  it('takes a Graph that wants it slower for no fault', async () => {
    api.instead = ({ path }) => {
      if (path === '/lethe/v1/me') return reader
      if (path === '/lethe/v1/status') return status({})
      return path === profiles ? errorAnswer(graphErrors.throttled) : null
    }
    const { code, of } = await examine()
    expect([code, of('graph')?.outcome]).toEqual([0, 'warning'])
  })

  it.each([
    ['Mon, 23 Nov 2026 09:55:00 GMT', 'agree'],
    ['Mon, 23 Nov 2026 10:05:00 GMT', 'agree'],
  ])('is content with a clock that no token is refused for (%s)', async (date, finding) => {
    api.instead = ({ path }) =>
      path === '/healthz/live' ? { status: 200, headers: { date }, body: { status: 'live' } } : null
    const { of } = await examine()
    expect(of('clock')?.outcome).toBe('ok')
    expect(of('clock')?.finding).toContain(finding)
  })

  it.each([
    ['Mon, 23 Nov 2026 09:50:00 GMT', '600 s ahead of'],
    ['Mon, 23 Nov 2026 10:10:00 GMT', '600 s behind'],
  ])('warns of a clock that is off (%s)', async (date, finding) => {
    api.instead = ({ path }) =>
      path === '/healthz/live' ? { status: 200, headers: { date }, body: { status: 'live' } } : null
    const { code, of } = await examine()
    expect([code, of('clock')?.outcome]).toEqual([0, 'warning'])
    expect(of('clock')?.finding).toContain(finding)
  })

  const expired = `${token.split('.')[0]}.${Buffer.from(JSON.stringify({ tid: identity().tenantId, exp: 1 })).toString('base64url')}.x`
  it.each([
    ['', 4, 'failed', 'skipped', /Nobody is signed in/],
    ['two words', 4, 'failed', 'skipped', /spaces/],
    [expired, 4, 'failed', 'skipped', /expired, at 1970-01-01/],
    ['opaque', 4, 'warning', 'failed', /not readable/],
  ])('looks at the token (%#)', async (given, exit, looked, admitted, finding) => {
    const { code, of, stdout, stderr } = await examine({ env: { LETHE_TOKEN: given } })
    expect([code, of('token')?.outcome, of('identity')?.outcome]).toEqual([exit, looked, admitted])
    expect(of('token')?.finding).toMatch(finding)
    expect(given === '' || !`${stdout}${stderr}`.includes(given)).toBe(true)
  })

  it.each([
    [graphErrors.audienceInvalid, /not for Microsoft Graph/],
    [graphErrors.tokenInvalid, /LETHE_TENANTS/],
    [graphErrors.requestDenied, /app role/],
  ])('says what to do where the server lets nobody in (%#)', async (row, advice) => {
    api.instead = ({ path }) => (path === '/lethe/v1/me' ? errorAnswer(row) : null)
    const { code, of } = await examine()
    expect([code, of('identity')?.outcome, of('contract')?.outcome]).toEqual([4, 'failed', 'skipped'])
    expect(of('identity')?.advice).toMatch(advice)
  })

  it('warns whoever may do nothing', async () => {
    api.instead = ({ path }) =>
      path === '/lethe/v1/me' ? { status: 200, body: identity({ operations: [] }) } : null
    const { code, outcomes } = await examine()
    expect([code, outcomes['identity'], outcomes['tenant']]).toEqual([0, 'warning', 'skipped'])
  })

  it('tells a personal account that none may do anything', async () => {
    api.instead = ({ path }) =>
      path === '/lethe/v1/me'
        ? { status: 200, body: identity({ operations: [], kind: 'personalAccount' }) }
        : null
    expect((await examine()).of('identity')?.advice).toContain('work or school account')
  })

  it.each([
    [{ graph: { state: 'open', sinceDateTime: null, blockedBy: null } }, /Graph is not called/],
    [{ graph: { state: 'closed', sinceDateTime: null, blockedBy: 'credential' } }, /Lethe's own credential/],
    [{ graph: { state: 'closed', sinceDateTime: null, blockedBy: 'permission' } }, /Lethe's own permission/],
    [{ queue: { waiting: 5, longestWaitSeconds: 3000, held: 0 } }, /first of 5 for 3000 s/],
    [{ unreadable: 2 }, /cannot be read, or were changed: 2/],
    [{ overdue: 2 }, /2 requests of your tenant are overdue/],
    [{ worker: { unseenSeconds: 93 } }, /No worker that serves your tenant has been seen for 93 s/],
    [{ worker: { unseenSeconds: null } }, /No worker has ever been seen/],
  ])('warns of what waits in the tenant (%#)', async (over, finding) => {
    api.instead = ({ path }) => {
      if (path === '/lethe/v1/me') return reader
      return path === '/lethe/v1/status' ? status(over) : null
    }
    const { code, of } = await examine()
    expect([code, of('tenant')?.outcome]).toEqual([0, 'warning'])
    expect(of('tenant')?.finding).toMatch(finding)
  })

  it.each([
    [{ nodeVersion: '20.1.0' }, 'node'],
    [{ env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }, 'trust'],
    [{ env: { LC_ALL: 'C' }, stdoutIsTerminal: true }, 'terminal'],
  ])('warns of settings (%#), and shows none', async (world: World, check) => {
    const { code, stdout, findings } = await examine(world)
    expect(code).toBe(0)
    expect(findings.filter(({ outcome }) => outcome === 'warning').map(found => found.check)).toEqual([check])
    expect(stdout).not.toContain('secret')
  })

  it('has every format, and queries', async () => {
    const run = async (...argv: ReadonlyArray<string>) => (await lethe(api.url, ['doctor', ...argv])).stdout
    expect(readCsv(await run('-o', 'csv'))[0]).toEqual(['check', 'outcome', 'finding', 'advice'])
    expect(await run('-o', 'md')).toMatch(/^\| check +\| outcome/)
    expect(await run('-o', 'none')).toBe('')
    expect(await run()).toMatch(/^check +outcome +finding\nnode +ok +Node 24\.0\.0\.\n/)
    const query = "[?check=='node'].outcome"
    expect(JSON.parse(await run('--query', query, '-o', 'json'))).toEqual(['ok'])
  })
})

describe('lethe doctor with a sign-in', () => {
  let world: SignInWorld
  beforeEach(async () => {
    world = await openSignInWorld()
    await world.logIn('megan')
  })
  afterEach(() => world.close())

  const look = async (over: World = {}) => {
    const { code, stdout } = await world.run(['doctor', '-o', 'json'], over)
    const findings = decoded(Findings, JSON.parse(stdout))
    return { code, of: (name: string) => findings.find(({ check }) => check === name) }
  }
  const contexts = () => join(world.home, '.config/lethe/contexts.json')

  it('says that it holds', async () => {
    expect((await look()).of('token')?.finding).toBe(
      'The sign-in of the context default is there, and holds.',
    )
  })

  it('says of one that was taken away to sign in again', async () => {
    world.signIns.put('megan', { state: 'revoked' })
    const { code, of } = await look({ startsAt: Date.now() + 4_000_000 })
    expect([code, of('token')?.outcome, of('identity')?.outcome]).toEqual([4, 'failed', 'skipped'])
    expect(of('token')?.finding).toContain('Run lethe login --context default')
    expect(of('token')?.advice).not.toMatch(/later/)
  })

  it('says that the place where people sign in does not answer', async () => {
    await world.stopProvider()
    const { code, of } = await look({ startsAt: Date.now() + 4_000_000 })
    expect([code, of('token')?.outcome]).toEqual([5, 'failed'])
    expect(of('token')?.advice).toContain('firewall')
  })

  it('names contexts that are open to others once, and what mends that', async () => {
    await chmod(contexts(), 0o644)
    const { code, of } = await look()
    expect([code, of('address')?.outcome, of('token')?.outcome]).toEqual([4, 'failed', 'skipped'])
    expect(of('address')?.finding).toContain(`chmod 600 ${contexts()}`)
    expect(of('address')?.advice).toBe('Then look again with lethe doctor.')
  })

  it('does not look at contexts that no command looks at', async () => {
    await chmod(contexts(), 0o644)
    const { of } = await look({ env: { LETHE_TOKEN: token, LETHE_SERVER: world.api.url } })
    expect(of('address')).toMatchObject({ outcome: 'ok', finding: `${world.api.url}, from LETHE_SERVER.` })
  })
})
