import { readdir, readFile, stat, writeFile, chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { letheCliClientId, northwind } from '@lethe/sandbox'
import { decodeJwt } from 'jose'
import * as t from 'io-ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decoded } from './support/decoded.js'
import type { World } from './support/fake-io.js'
import { type GraphWorld, openGraphWorld, tenantId, user } from './support/graph-world.js'
import { post } from './support/sign-in-world.js'

let world: GraphWorld
beforeEach(async () => {
  world = await openGraphWorld()
})
afterEach(() => world.stop())

/** No token of the environment: whoever is signed in is meant. */
const alone = { LETHE_GRAPH_TOKEN: '' }
const file = () => join(world.state, 'lethe', `sign-in-_graph-${tenantId}.json`)

const asSignedIn = (argv: ReadonlyArray<string>, extra: World = {}) =>
  world.graph(argv, { startsAt: Date.now(), ...extra, env: { ...alone, ...extra.env } })

const Kept = t.type({ tokens: t.record(t.string, t.string) })
const keptToken = async (): Promise<string> =>
  Object.values(decoded(Kept, JSON.parse(await readFile(file(), 'utf8'))).tokens)[0] ?? ''

describe('lethe graph login', () => {
  it('signs in through the browser for Graph, and the other commands need no token then', async () => {
    const { code, stdout, stderr } = await world.logIn('adele', ['-o', 'json'])
    expect([code, stderr.split('\n')]).toEqual([0, [expect.stringContaining('to sign in, open '), '']])
    expect(JSON.parse(stdout)).toMatchObject({
      tenantId,
      account: 'adele@contoso.example',
      clientId: letheCliClientId,
      graph: world.env['LETHE_GRAPH_URL'],
    })
    const removed = await asSignedIn([
      'remove',
      user(1),
      '--break-glass',
      '--reason',
      'x',
      '--confirm',
      user(1),
      '--query',
      'outcome',
    ])
    expect(removed).toMatchObject({ code: 0, stdout: 'verifiedAbsent\n' })
    expect(removed.stderr).not.toContain('unverified')
    expect(await world.isThere(user(1))).toBe(false)
  })

  it('keeps the sign-in in a file that only its owner may read, and shows no token', async () => {
    const { stdout, stderr } = await world.logIn('adele', ['--debug'])
    expect(`${stdout}${stderr}`).not.toMatch(/eyJ[\w-]+\.|[?&]code=/)
    expect(await readdir(join(world.state, 'lethe'))).toEqual([`sign-in-_graph-${tenantId}.json`])
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect(decodeJwt(await keptToken())).toMatchObject({
      scp: 'CrossTenantUserProfileSharing.ReadWrite.All',
      tid: tenantId,
    })
  })

  it('signs in with a code on another device, and remembers the app registration', async () => {
    let code = ''
    const ran = await world.logIn('adele')
    expect(ran.code).toBe(0)
    const again = await asSignedIn(['login', '--device-code', '--query', 'account', '-o', 'text'], {
      warned: text => {
        code = /the code ([A-Z-]+)/.exec(text)?.[1] ?? code
      },
      whileAsleep: async () => {
        if (code !== '')
          await post(`${world.identity}/sandbox/device`, [
            ['user_code', code],
            ['person', 'megan'],
          ])
      },
    })
    expect(again).toMatchObject({ code: 0, stdout: 'megan@contoso.example\n' })
  })

  it.each([
    ['without a client id', ['--no-browser'], {}, 2, '--client-id is needed'],
    ['with a client id that is none', ['--client-id', 'a b'], {}, 2, 'a GUID'],
    [
      'without a tenant',
      ['--client-id', letheCliClientId, '--no-browser'],
      { LETHE_GRAPH_TENANT: '' },
      2,
      'GUID of your tenant',
    ],
    ['where nobody would see the address', ['--client-id', letheCliClientId], {}, 2, 'no terminal'],
    ['for both ways', ['--device-code', '--no-browser'], {}, 2, 'leave out --no-browser'],
  ] as const)('%s is refused', async (_, argv, env, code, message) => {
    const ran = await asSignedIn(['login', ...argv], { env })
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toContain(message)
  })

  it('leaves the sign-in before where the person declines', async () => {
    await world.logIn('adele')
    const before = await keptToken()
    const ran = await world.logIn('decline')
    expect(ran).toMatchObject({ code: 4, stdout: '' })
    expect(ran.stderr).toContain('Nothing was changed')
    expect(await keptToken()).toBe(before)
  })

  it('signs in with the app registration of the environment, where that has no credential', async () => {
    const env = { LETHE_GRAPH_CLIENT_ID: letheCliClientId }
    expect((await asSignedIn(['logout'])).code).toBe(0)
    const waiting = await asSignedIn(['login', '--device-code'], {
      env,
      interruption: new AbortController(),
      fetch: url =>
        url.pathname.endsWith('/devicecode')
          ? Promise.resolve(
              Response.json({ error: 'invalid_client', error_codes: [7000218] }, { status: 401 }),
            )
          : fetch(url),
    })
    expect(waiting).toMatchObject({ code: 4, stdout: '' })
    expect(waiting.stderr).toBe(
      'lethe: The sign-in failed (AADSTS7000218). Look the code up at https://login.microsoftonline.com/error, or ask your administrator.\n',
    )
    const malformed = await asSignedIn(['login', '--device-code'], { env: { LETHE_GRAPH_CLIENT_ID: 'x' } })
    expect(malformed).toMatchObject({ code: 2, stdout: '' })
    expect(malformed.stderr).toContain('LETHE_GRAPH_CLIENT_ID takes a GUID')
  })

  it.each(['x', 'not.a-guid', '../..'])('takes no %s for an app registration', async id => {
    const ran = await asSignedIn(['login', '--device-code', '--client-id', id])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain('--client-id takes a GUID')
  })

  it('says with which code an app registration is refused that the issuer does not know', async () => {
    const unknown = '99999999-0000-4000-8000-000000000001'
    const ran = await asSignedIn(['login', '--device-code', '--client-id', unknown])
    expect(ran).toMatchObject({ code: 4, stdout: '' })
    expect(ran.stderr).toMatch(/The sign-in failed \(AADSTS\d+\)/)
    expect(ran.stderr).not.toContain('undefined')
  })

  it('says what comes before it', async () => {
    const token = world.env['LETHE_GRAPH_TOKEN'] ?? ''
    expect((await world.logIn('adele', [], { env: { LETHE_GRAPH_TOKEN: token } })).stderr).toContain(
      'LETHE_GRAPH_TOKEN is set, and is used in the place of this sign-in',
    )
    const wrong = await asSignedIn(['profiles', 'show', user(1)], { env: { LETHE_GRAPH_TOKEN: 'opaque' } })
    expect(wrong).toMatchObject({ code: 4 })
    expect(wrong.stderr).toContain('does not say for which tenant')
    const application = { LETHE_GRAPH_CLIENT_ID: 'x', LETHE_GRAPH_CLIENT_SECRET: 'wrong' }
    expect(await asSignedIn(['profiles', 'show', user(1)], { env: application })).toMatchObject({ code: 4 })
  })
})

describe('a sign-in for Graph', () => {
  it('is renewed in the middle of a run, and kept', async () => {
    await world.logIn('adele')
    const before = await keptToken()
    world.misbehave({ staysForSeconds: 1 })
    let slept = 0
    let afterFirst = ''
    const ran = await asSignedIn(
      ['remove', user(1), '--break-glass', '--reason', 'x', '--confirm', user(1), '--wait=600', '-o', 'json'],
      {
        // A little more than the five minutes before its end at which a token is renewed.
        startsAt: Date.now() + 3_290_000,
        whileAsleep: async () => {
          slept += 1
          if (slept === 1) afterFirst = await keptToken()
          if (slept === 6) world.pass(2000)
        },
      },
    )
    expect(ran).toMatchObject({ code: 0 })
    expect(slept).toBeGreaterThanOrEqual(6)
    expect(afterFirst).toBe(before)
    expect(await keptToken()).not.toBe(before)
  })

  it('is renewed once where Graph challenges its token, and then takes its person', async () => {
    await world.logIn('adele')
    const before = await keptToken()
    // Once for each token.
    world.misbehave({ endings: { claimsChallenge: 1 } })
    const ran = await asSignedIn(['profiles', 'show', user(1), '--verbose'])
    expect(ran).toMatchObject({ code: 4, stdout: '' })
    expect(ran.stderr.match(/GET \S+ 401/g)).toHaveLength(2)
    expect(await keptToken()).not.toBe(before)
    expect(await asSignedIn(['profiles', 'show', user(1)])).toMatchObject({ code: 0 })
  })

  it('that cannot be renewed because nobody answers is good for as long as it lasts', async () => {
    await world.logIn('adele')
    const unreachable = () => Promise.reject(new TypeError('fetch failed'))
    const argv = ['profiles', 'show', user(1), '--query', 'userId']
    const late = await asSignedIn(argv, { startsAt: Date.now() + 3_400_000, fetch: unreachable })
    expect(late).toMatchObject({ code: 0, stdout: `${user(1)}\n` })
    const tooLate = await asSignedIn(argv, { startsAt: Date.now() + 3_700_000, fetch: unreachable })
    expect(tooLate).toMatchObject({ code: 5, stdout: '' })
  })

  it('that cannot be kept after a renewal is used all the same; the next run says which file is in the way', async () => {
    await world.logIn('adele')
    let spoilt = false
    const ran = await asSignedIn(['profiles', 'show', user(1)], {
      startsAt: Date.now() + 3_590_000,
      fetch: async (url, init) => {
        const answer = await fetch(url, init)
        if (!spoilt) await chmod(file(), 0o644)
        spoilt = true
        return answer
      },
    })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    const next = await asSignedIn(['profiles', 'show', user(1)])
    expect(next).toMatchObject({ code: 4, stdout: '' })
    expect(next.stderr).toContain('chmod 600')
  })

  it('that was taken away ends with 4, and says how to sign in again', async () => {
    await world.logIn('adele')
    world.signIns.put('adele', { state: 'revoked' })
    const late = { startsAt: Date.now() + 3_590_000 }
    const ran = await asSignedIn(['profiles', 'show', user(1)], late)
    expect(ran).toMatchObject({ code: 4, stdout: '' })
    expect(ran.stderr).toContain('lethe graph login')
    expect(ran.stderr).not.toContain('_graph')
  })

  it('goes to no other Graph, and to no other tenant', async () => {
    await world.logIn('adele')
    const calls: Array<string> = []
    const elsewhere = { LETHE_GRAPH_URL: 'http://127.0.0.1:9/beta' }
    const ran = await asSignedIn(['profiles', 'show', user(1)], {
      env: elsewhere,
      fetch: url => {
        calls.push(url.href)
        return Promise.reject(new Error('Nobody is to be asked'))
      },
    })
    expect(ran).toMatchObject({ code: 4, stdout: '' })
    expect(ran.stderr).toContain('does not go there')
    expect(calls).toEqual([])
    const other = await asSignedIn(['profiles', 'show', user(1), '--tenant', northwind])
    expect(other).toMatchObject({ code: 4, stdout: '' })
    expect(other.stderr).toContain('Nobody is signed in to this tenant')
  })

  it.each([
    ['open to others', () => chmod(file(), 0o644), 4, 'chmod 600'],
    ['not what lethe wrote', () => writeFile(file(), '{'), 1, 'does not hold what lethe wrote'],
  ] as const)('that is %s is not used', async (_, spoil, code, message) => {
    await world.logIn('adele')
    await spoil()
    const ran = await asSignedIn(['profiles', 'show', user(1)])
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toContain(message)
  })

  it('of somebody who may only read removes nothing, and ends with 4', async () => {
    await world.logIn('pradeep')
    const shown = await asSignedIn(['profiles', 'show', user(1), '--query', 'userId'])
    expect(shown).toMatchObject({ code: 0, stdout: `${user(1)}\n` })
    const ran = await asSignedIn(['remove', user(1), '--break-glass', '--reason', 'x', '--confirm', user(1)])
    expect(ran).toMatchObject({ code: 4 })
    expect(ran.stderr).toContain('CrossTenantUserProfileSharing.ReadWrite.All')
    expect(await world.isThere(user(1))).toBe(true)
  })
})

describe('lethe graph logout', () => {
  it('erases the sign-in, and may be repeated', async () => {
    await world.logIn('adele')
    expect(await asSignedIn(['logout', '--query', 'account'])).toMatchObject({ code: 0, stderr: '' })
    expect(await readdir(join(world.state, 'lethe'))).toEqual([])
    const again = await asSignedIn(['logout'])
    expect(again).toMatchObject({ code: 0 })
    expect(again.stderr).toContain('nobody was signed in')
    expect(await asSignedIn(['profiles', 'show', user(1)])).toMatchObject({ code: 4, stdout: '' })
  })
})
