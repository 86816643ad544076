import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import * as t from 'io-ts'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { identityProvider } from '../src/identity-provider.js'
import { contoso, letheClientId, letheCliClientId, northwind, people } from '../src/people.js'
import { browser, pair, peopleOn, type Shown } from './making/browser.js'
import { decoded } from './making/decoded.js'
import { removeFolders } from './making/folders.js'
import { providerDeps } from './making/provider.js'

afterAll(removeFolders)

const base = 'http://127.0.0.1:8081'
let clock = Date.parse('2026-11-23T10:00:00Z')
const deps = { ...providerDeps(base), now: () => clock }
const provider = identityProvider(deps)
const { open, press } = browser((url, init) => provider.request(url, init))
beforeEach(() => {
  for (const person of people.keys()) deps.signIns.put(person, { state: 'ok' })
})

const verifier = 'a-verifier-that-is-long-enough-for-rfc-7636-or-so'
const challenge = createHash('sha256').update(verifier).digest('base64url')
const redirect = 'http://localhost:49152'
const scope = `api://${letheClientId}/.default openid profile offline_access`
const Granted = t.type({ access_token: t.string })
const Refused = t.type({ error: t.string, error_codes: t.array(t.number) })
const Device = t.type({
  device_code: t.string,
  user_code: t.string,
  verification_uri: t.string,
  interval: t.number,
  expires_in: t.number,
})

type Changes = Readonly<Record<string, string | null>>

const withChanges = (usual: Readonly<Record<string, string>>, changes: Changes): URLSearchParams =>
  new URLSearchParams(
    Object.entries({ ...usual, ...changes }).flatMap(([name, value]) =>
      value === null ? [] : [pair(name, value)],
    ),
  )

const authorizeUrl = (changes: Changes = {}, tenant: string = contoso): string => {
  const query = withChanges(
    {
      client_id: letheCliClientId,
      redirect_uri: redirect,
      response_type: 'code',
      response_mode: 'form_post',
      scope,
      state: 'a "state" & more',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    },
    changes,
  )
  return `${base}/${tenant}/oauth2/v2.0/authorize?${query.toString()}`
}

const hidden = ({ html }: Shown, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''

const codeFor = async (person: string, changes: Changes = {}, tenant: string = contoso): Promise<string> =>
  hidden(await press(await open(authorizeUrl(changes, tenant)), 'person', person), 'code')

const post = (path: string, form: URLSearchParams) =>
  provider.request(`${base}/${path}`, { method: 'POST', body: form.toString() })

const redeem = (code: string, changes: Changes = {}, tenant: string = contoso) =>
  post(
    `${tenant}/oauth2/v2.0/token`,
    withChanges(
      {
        client_id: letheCliClientId,
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirect,
        code_verifier: verifier,
        scope,
        client_info: '1',
      },
      changes,
    ),
  )

const codesOf = async (response: Response): Promise<readonly [string, ...ReadonlyArray<number>]> => {
  const { error, error_codes: numbers } = decoded(Refused)(await response.json())
  return [error, ...numbers]
}

const claimsOf = async (response: Response) => decodeJwt(decoded(Granted)(await response.json()).access_token)

describe('the sign-in page', () => {
  test.each([
    [contoso, ['adele', 'megan', 'isaiah', 'pradeep']],
    [northwind, ['omar']],
    ['organizations', ['adele', 'megan', 'isaiah', 'pradeep', 'omar']],
    ['common', ['adele', 'megan', 'isaiah', 'pradeep', 'omar', 'personal']],
  ])('of %s lists its people', async (tenant, expected) => {
    expect(peopleOn(await open(authorizeUrl({}, tenant)))).toEqual(expected)
  })

  test('runs no script, loads nothing, and sends its forms nowhere else', async () => {
    const first = await open(authorizeUrl())
    for (const shown of [first, await press(first, 'person', 'adele')]) {
      expect(shown.html).not.toMatch(/<script|javascript:|\son\w+=/i)
      expect(shown.headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self' http:\/\/localhost:49152; base-uri 'none'; frame-ancestors 'none'$/,
      )
      expect(shown.headers.get('Cache-Control')).toBe('no-store')
    }
  })

  test('writes what it was given as text', async () => {
    const shown = await open(authorizeUrl({ state: '"><b>x</b>' }))
    expect(shown.html).not.toContain('<b>x')
    expect(shown.html).toContain('&quot;&gt;&lt;b&gt;x')
  })

  test('brings code and state back, by a form or in the query', async () => {
    const posted = await press(await open(authorizeUrl()), 'person', 'adele')
    expect(posted.html).toContain(`action="${redirect}"`)
    expect(hidden(posted, 'state')).toBe('a &quot;state&quot; &amp; more')
    const sent = await press(await open(authorizeUrl({ response_mode: 'query' })), 'person', 'adele')
    const back = new URL(sent.headers.get('Location') ?? '')
    expect([sent.status, back.origin, back.searchParams.get('state')]).toEqual([
      302,
      redirect,
      'a "state" & more',
    ])
    expect(back.searchParams.get('code')).toMatch(/^[\w-]{43}$/)
  })

  test.each([
    ['another client', { client_id: letheClientId }, 'AADSTS700016'],
    ['another host', { redirect_uri: 'http://localhost.evil.example' }, 'AADSTS50011'],
    ['https', { redirect_uri: 'https://localhost' }, 'AADSTS50011'],
    ['an address with a path', { redirect_uri: 'http://localhost:1/x' }, 'AADSTS50011'],
    ['an address over two lines', { redirect_uri: 'http://localhost:1\r\n/' }, 'AADSTS50011'],
    ['no address', { redirect_uri: null }, 'AADSTS50011'],
    ['a fragment', { response_mode: 'fragment' }, 'AADSTS90100'],
  ])('refuses %s, and sends nothing there', async (_, changes, expected) => {
    const { status, html, headers } = await open(authorizeUrl(changes))
    expect([status, headers.get('Location')]).toEqual([400, null])
    expect(html).toContain(expected)
    expect(html).not.toContain('<form')
  })

  test.each([
    ['no challenge', { code_challenge: null }, 'invalid_request', 'AADSTS9002325'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request', 'AADSTS9002325'],
    ['a short challenge', { code_challenge: 'short' }, 'invalid_request', 'AADSTS9002325'],
    ['another response', { response_type: 'token' }, 'unsupported_response_type', 'AADSTS700054'],
    ['another resource', { scope: 'https://vault.example/.default' }, 'invalid_scope', 'AADSTS70011'],
  ])('tells the client of %s', async (_, changes, error, number) => {
    const sent = await open(authorizeUrl({ ...changes, response_mode: 'query' }))
    const back = new URL(sent.headers.get('Location') ?? '').searchParams
    expect(back.get('error')).toBe(error)
    expect(back.get('error_description')).toContain(number)
    expect(back.has('code')).toBe(false)
  })

  test('lets the person say who they are, whatever the link says', async () => {
    const shown = await open(`${authorizeUrl()}&person=megan&decline=yes`)
    const answer = await press(shown, 'person', 'adele')
    const token = await redeem(hidden(answer, 'code'))
    expect((await claimsOf(token))['name']).toBe(people.get('adele')?.claims['name'])
  })

  test('can be left', async () => {
    const sent = await press(await open(authorizeUrl({ response_mode: 'query' })), 'decline', 'yes')
    expect(new URL(sent.headers.get('Location') ?? '').searchParams.get('error')).toBe('access_denied')
  })

  test('signs nobody of another tenant in', async () => {
    expect((await press(await open(authorizeUrl()), 'person', 'omar')).status).toBe(400)
  })
})

describe('a code', () => {
  test('gives the token that the sandbox gives, by the command line', async () => {
    const asked = await provider.request(`${base}/sandbox/token`, { method: 'POST', body: '{"as":"megan"}' })
    const {
      iat: _i,
      exp: _e,
      nbf: _n,
      uti: _u,
      ...claims
    } = await claimsOf(await redeem(await codeFor('megan')))
    const { iat: _a, exp: _b, nbf: _c, ...expected } = await claimsOf(asked)
    expect(claims).toEqual({ ...expected, azp: letheCliClientId })
  })

  test('gives what is of the person of whichever tenant, under organizations', async () => {
    const code = await codeFor('omar', {}, 'organizations')
    expect(await claimsOf(await redeem(code, {}, 'organizations'))).toMatchObject({ tid: northwind })
  })

  test('is good once', async () => {
    const code = await codeFor('adele')
    expect((await redeem(code)).status).toBe(200)
    expect(await codesOf(await redeem(code))).toEqual(['invalid_grant', 54005])
  })

  test('is spent by a redemption that fails', async () => {
    const code = await codeFor('adele')
    expect(await codesOf(await redeem(code, { code_verifier: 'guessed' }))).toEqual(['invalid_grant', 501481])
    expect((await redeem(code)).status).toBe(400)
  })

  test('is good for a minute', async () => {
    const code = await codeFor('adele')
    clock += 60_000
    expect(await codesOf(await redeem(code))).toEqual(['invalid_grant', 70008])
  })

  test.each([
    ['without a verifier', { code_verifier: null }, ['invalid_grant', 50148]],
    ['for another address', { redirect_uri: 'http://localhost:1' }, ['invalid_grant', 500112]],
    ['that was never given', { code: 'x' }, ['invalid_grant', 70000]],
    ['with a secret', { client_secret: 'x' }, ['invalid_client', 700025]],
    ['without a grant', { grant_type: null }, ['invalid_request', 900144]],
    ['by client credentials', { grant_type: 'client_credentials' }, ['unsupported_grant_type', 70003]],
    [
      'for what the person may not',
      { scope: `api://${letheClientId}/Nothing.All` },
      ['invalid_grant', 65001],
    ],
  ])('%s is refused', async (_, changes, expected) => {
    expect(await codesOf(await redeem(await codeFor('adele'), changes))).toEqual(expected)
  })

  test('of one client is none of another', async () => {
    const form = withChanges(
      { grant_type: 'authorization_code', client_id: letheClientId, client_secret: deps.registration.secret },
      { code: await codeFor('adele'), redirect_uri: redirect, code_verifier: verifier, scope },
    )
    expect((await post(`${contoso}/oauth2/v2.0/token`, form)).status).toBe(400)
  })
})

describe('a refresh token', () => {
  const Refreshable = t.type({ refresh_token: t.string })
  const refreshed = async (token: string, clientId = letheCliClientId) =>
    redeem('', { grant_type: 'refresh_token', refresh_token: token, code: null, client_id: clientId })
  const refreshTokenOf = async (person: string) =>
    decoded(Refreshable)(await (await redeem(await codeFor(person))).json()).refresh_token

  test('gives a token again, and one for Graph', async () => {
    const token = await refreshTokenOf('adele')
    expect(await claimsOf(await refreshed(token))).toMatchObject({
      aud: letheClientId,
      azp: letheCliClientId,
    })
    const forGraph = await redeem('', {
      grant_type: 'refresh_token',
      refresh_token: token,
      scope: 'https://graph.microsoft.com/.default',
    })
    expect(await claimsOf(forGraph)).toMatchObject({ azp: letheCliClientId, azpacr: '0', idtyp: 'user' })
  })

  test.each([
    ['revoked', ['invalid_grant', 50173]],
    ['needsInteraction', ['interaction_required', 50076]],
  ] as const)('ends with a sign-in that is %s, and another sign-in begins anew', async (state, expected) => {
    const token = await refreshTokenOf('adele')
    deps.signIns.put('adele', { state })
    expect(await codesOf(await refreshed(token))).toEqual(expected)
    expect((await redeem(await codeFor('adele'))).status).toBe(200)
  })

  test('is no use to another client', async () => {
    const response = await redeem('', {
      grant_type: 'refresh_token',
      client_id: letheClientId,
      client_secret: deps.registration.secret,
      refresh_token: await refreshTokenOf('adele'),
      scope: 'https://graph.microsoft.com/.default',
    })
    expect(await codesOf(response)).toEqual(['invalid_grant', 700082])
  })
})

describe('a device', () => {
  const begin = async (tenant: string = contoso, changes: Changes = {}) =>
    post(`${tenant}/oauth2/v2.0/devicecode`, withChanges({ client_id: letheCliClientId, scope }, changes))
  const begun = async (tenant?: string) => decoded(Device)(await (await begin(tenant)).json())
  const poll = (code: string) => {
    clock += 2000
    return pollAtOnce(code)
  }
  const pollAtOnce = (code: string) =>
    redeem('', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: code,
      code: null,
      scope: null,
    })
  const confirmPage = (userCode: string) =>
    open(`${base}/sandbox/device?user_code=${encodeURIComponent(userCode)}`)

  test('waits until somebody confirms its code, and gets tokens once', async () => {
    const { device_code: code, user_code: userCode, verification_uri: uri } = await begun()
    expect(userCode).toMatch(/^[B-Z]{4}-[B-Z]{4}$/)
    expect((await open(uri)).html).toContain('<label for="user_code">')
    expect(await codesOf(await poll(code))).toEqual(['authorization_pending', 70016])
    const shown = await confirmPage(userCode.toLowerCase().replace('-', ' '))
    expect(peopleOn(shown)).toEqual(['adele', 'megan', 'isaiah', 'pradeep'])
    expect(shown.html).not.toMatch(/<script/i)
    expect((await press(shown, 'person', 'isaiah')).html).toContain('Signed in')
    expect(await claimsOf(await poll(code))).toMatchObject({ name: 'Isaiah Langer', azp: letheCliClientId })
    expect(await codesOf(await poll(code))).toEqual(['invalid_grant', 70000])
    expect((await confirmPage(userCode)).status).toBe(400)
  })

  test('is told to slow down', async () => {
    const { device_code: code } = await begun()
    await poll(code)
    expect(await codesOf(await pollAtOnce(code))).toEqual(['slow_down', 1002014])
    expect(await codesOf(await poll(code))).toEqual(['authorization_pending', 70016])
  })

  test('is told that the person declined', async () => {
    const { device_code: code, user_code: userCode } = await begun()
    await press(await confirmPage(userCode), 'decline', 'yes')
    expect(await codesOf(await poll(code))).toEqual(['access_denied', 65004])
  })

  test('has a quarter of an hour', async () => {
    const { device_code: code, user_code: userCode, expires_in: seconds } = await begun()
    clock += seconds * 1000
    expect(await codesOf(await poll(code))).toEqual(['expired_token', 70020])
    expect((await confirmPage(userCode)).status).toBe(400)
  })

  test('of another tenant has that one’s people', async () => {
    const { user_code: userCode } = await begun(northwind)
    const shown = await confirmPage(userCode)
    expect(peopleOn(shown)).toEqual(['omar'])
    expect((await press(shown, 'person', 'adele')).html).toContain('Who are you?')
  })

  test.each([
    ['no client', contoso, { client_id: null }, 900144],
    ['another client', contoso, { client_id: letheClientId }, 700016],
    ['an unknown tenant', 'nowhere', {}, 90002],
    ['no scope', contoso, { scope: null }, 900144],
  ])('gets no code with %s', async (_, tenant, changes, number) => {
    expect((await codesOf(await begin(tenant, changes)))[1]).toBe(number)
  })
})
