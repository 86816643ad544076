import { stat } from 'node:fs/promises'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import * as t from 'io-ts'
import { decodeJwt } from 'jose'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { loadClientRegistration } from '../src/identity/client-registration.js'
import { graphAudience } from '../src/identity/graph-access.js'
import { contoso, letheClientId, northwind, people } from '../src/people.js'
import { decoded } from './making/decoded.js'
import { newFolder, removeFolders } from './making/folders.js'
import { openProvider, stopProviders, tokenFrom } from './making/provider.js'

const { baseUrl, registration, signIns } = await openProvider()
afterAll(async () => {
  await stopProviders()
  await removeFolders()
})
beforeEach(() => {
  for (const person of people.keys()) signIns.put(person, { state: 'ok' })
})

const scope = 'https://graph.microsoft.com/.default'
const client = { client_id: letheClientId, client_secret: registration.secret }
const credentials = { ...client, grant_type: 'client_credentials', scope }
const onBehalf = {
  ...client,
  grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  requested_token_use: 'on_behalf_of',
  scope: `${scope} openid profile offline_access`,
  client_info: '1',
}

const ask = (form: Readonly<Record<string, string>>, tenant = contoso): Promise<Response> =>
  fetch(`${baseUrl}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })

const putSignIn = (person: string, body: unknown): Promise<Response> =>
  fetch(`${baseUrl}/sandbox/sign-ins/${person}`, { method: 'PUT', body: JSON.stringify(body) })

const Refusal = t.type({
  error: t.string,
  error_description: t.string,
  error_codes: t.tuple([t.number]),
  trace_id: t.string,
  correlation_id: t.string,
  timestamp: t.string,
})
const refusalIn = async (response: Response) => {
  const refusal = decoded(Refusal)(await response.json())
  return { status: response.status, error: refusal.error, code: refusal.error_codes[0], refusal }
}

describe('the token endpoint', () => {
  test('refuses as Entra does', async () => {
    const correlationId = '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d'
    const response = await fetch(`${baseUrl}/${contoso}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'client-request-id': correlationId },
      body: new URLSearchParams({ ...credentials, client_secret: 'hunter2' }),
    })
    const text = await response.clone().text()
    const { refusal } = await refusalIn(response)
    expect(refusal.error_description).toMatch(
      new RegExp(
        `^AADSTS7000215: .* Trace ID: ${refusal.trace_id} Correlation ID: ${correlationId} Timestamp: `,
      ),
    )
    expect(refusal.correlation_id).toBe(correlationId)
    expect(refusal.timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/)
    expect(text).not.toContain('hunter2')
  })

  test.each([
    ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client', 7000215],
    ['another client', { client_id: contoso }, 400, 'unauthorized_client', 700016],
    ['an unknown grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['another resource', { scope: 'https://vault.azure.net/.default' }, 400, 'invalid_scope', 70011],
    ['a scope by name', { scope: 'https://graph.microsoft.com/User.Read' }, 400, 'invalid_scope', 1002012],
    ['claims that are no JSON', { claims: '{' }, 400, 'invalid_request', 90100],
    ['an assertion of no type', { client_assertion: 'x' }, 400, 'invalid_request', 900144],
    [
      'an assertion that is none',
      {
        client_assertion: 'x',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      },
      401,
      'invalid_client',
      700027,
    ],
  ] as const)('refuses %s', async (_, change, status, error, code) => {
    expect(await refusalIn(await ask({ ...credentials, ...change }))).toMatchObject({ status, error, code })
  })

  test('refuses a tenant that is not there', async () => {
    const stranger = await ask(credentials, '99999999-9999-4999-8999-999999999999')
    expect(await refusalIn(stranger)).toMatchObject({ status: 400, code: 90002 })
  })

  test('refuses what lacks a parameter', async () => {
    const missing = [
      await ask({ client_id: letheClientId, grant_type: 'client_credentials', scope }),
      await ask({ ...client, scope }),
      await ask({ ...client, grant_type: 'client_credentials' }),
      await ask(onBehalf),
    ]
    const codes = await Promise.all(missing.map(async response => (await refusalIn(response)).code))
    expect(codes).toEqual([7000218, 900144, 900144, 900144])
  })
})

describe('a refresh token', () => {
  const Answer = t.type({
    access_token: t.string,
    refresh_token: t.string,
    id_token: t.string,
    scope: t.string,
  })
  const answerFor = async (as: string) =>
    decoded(Answer)(await (await ask({ ...onBehalf, assertion: await tokenFrom(baseUrl, { as }) })).json())
  const refresh = (refreshToken: string, tenant = contoso) =>
    ask({ ...onBehalf, grant_type: 'refresh_token', refresh_token: refreshToken }, tenant)

  test('brings another token for the same person', async () => {
    const first = await answerFor('megan')
    const again = decoded(Answer)(await (await refresh(first.refresh_token)).json())
    expect(decodeJwt(again.access_token)).toMatchObject({
      aud: graphAudience,
      oid: people.get('megan')?.claims['oid'],
    })
    expect(decodeJwt(again.id_token)).toMatchObject({ aud: letheClientId, tid: contoso })
  })

  test('is of one tenant, and no access token', async () => {
    const { refresh_token: refreshToken, access_token: accessToken } = await answerFor('megan')
    expect(await refusalIn(await refresh(refreshToken, northwind))).toMatchObject({ error: 'invalid_grant' })
    expect(await refusalIn(await refresh(accessToken))).toMatchObject({ error: 'invalid_grant' })
    expect(await refusalIn(await refresh('nonsense'))).toMatchObject({ error: 'invalid_grant' })
    expect(await refusalIn(await ask({ ...onBehalf, assertion: refreshToken }))).toMatchObject({
      status: 400,
    })
  })

  test('is worth nothing while the sign-in is taken away', async () => {
    const { refresh_token: refreshToken } = await answerFor('isaiah')
    for (const [state, error] of [
      ['revoked', 'invalid_grant'],
      ['needsInteraction', 'interaction_required'],
    ] as const) {
      expect((await putSignIn('isaiah', { state })).status).toBe(200)
      expect(await refusalIn(await refresh(refreshToken))).toMatchObject({ status: 400, error })
    }
    expect((await putSignIn('isaiah', { state: 'ok' })).status).toBe(200)
    expect((await refresh(refreshToken)).status).toBe(200)
  })
})

describe('PUT /sandbox/sign-ins/{person}', () => {
  test('says what was set', async () => {
    const signIn = { state: 'needsInteraction', claims: '{"access_token":{"acrs":{"value":"c1"}}}' }
    expect(await (await putSignIn('megan', signIn)).json()).toEqual({ person: 'megan', ...signIn })
  })

  test.each([
    ['megan', {}, 400, 'state: expected'],
    ['megan', { state: 'hunter2' }, 400, 'ok, revoked or needsInteraction'],
    ['megan', { state: 'ok', claims: '{' }, 400, 'claims: expected a claims request'],
    ['megan', null, 400, 'expected'],
    ['nobody', { state: 'ok' }, 404, 'megan'],
  ])('takes nothing else: %s %j', async (person, body, status, expected) => {
    const response = await putSignIn(person, body)
    expect(response.status).toBe(status)
    const text = await response.text()
    expect(text).toContain(expected)
    expect(text).not.toContain('hunter2')
  })
})

describe("Lethe's registration", () => {
  test('is kept, in files of its owner', async () => {
    const folder = join(await newFolder(), 'deep')
    const first = await loadClientRegistration(folder)
    expect(await loadClientRegistration(folder)).toEqual(first)
    for (const file of ['client-registration.json', 'client-certificate.pem'])
      expect((await stat(join(folder, file))).mode & 0o077).toBe(0)
    expect((await loadClientRegistration(await newFolder())).secret).not.toBe(first.secret)
  })

  test('has a certificate of its key', async () => {
    const { certificate } = registration
    const read = new X509Certificate(certificate.certificatePem)
    expect(read.publicKey.equals(certificate.publicKey)).toBe(true)
    expect(read.verify(certificate.publicKey)).toBe(true)
    expect(read.fingerprint256.replaceAll(':', '')).toBe(certificate.thumbprintSha256)
  })
})
