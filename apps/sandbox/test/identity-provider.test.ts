import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as t from 'io-ts'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import { afterAll, describe, expect, test } from 'vitest'
import { identityProvider } from '../src/identity-provider.js'
import { contoso, letheClientId, northwind, people } from '../src/people.js'
import { loadSigningKeys } from '../src/signing-keys.js'
import { decoded } from './making/decoded.js'
import { newFolder, removeFolders } from './making/folders.js'
import { providerDeps } from './making/provider.js'

afterAll(removeFolders)

const base = 'http://127.0.0.1:8081'
const personal = '9188040d-6c67-4c5b-b112-36a304b66dad'
const deps = providerDeps(base)
const { keys } = deps
const provider = identityProvider(deps)

const Discovery = t.type({ issuer: t.string, jwks_uri: t.string })
const KeySet = t.type({
  keys: t.array(
    t.type({ kty: t.string, kid: t.string, n: t.string, e: t.string, use: t.string, alg: t.string }),
  ),
})
const Token = t.strict({ access_token: t.string, token_type: t.literal('Bearer') })

const get = async (url: string): Promise<unknown> => (await provider.request(url)).json()

const post = (body: unknown, headers: Record<string, string> = {}) =>
  provider.request(`${base}/sandbox/token`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const tokenFor = async (body: unknown): Promise<string> =>
  decoded(Token)(await (await post(body)).json()).access_token

/** Verifies a token as whoever trusts the tenant's issuer does: through discovery. */
const verify = async (token: string, tenant: string) => {
  const discovery = decoded(Discovery)(await get(`${base}/${tenant}/v2.0/.well-known/openid-configuration`))
  const keySet = createLocalJWKSet(decoded(KeySet)(await get(discovery.jwks_uri)))
  return jwtVerify(token, keySet, {
    issuer: discovery.issuer,
    audience: letheClientId,
    algorithms: ['RS256'],
  })
}

describe('discovery', () => {
  test.each([contoso, northwind, personal])('speaks for %s', async tenant => {
    const discovery = decoded(Discovery)(await get(`${base}/${tenant}/v2.0/.well-known/openid-configuration`))
    expect(discovery.issuer).toBe(`${base}/${tenant}/v2.0`)
    expect(discovery.jwks_uri).toBe(`${base}/${tenant}/discovery/v2.0/keys`)
  })

  test('speaks for nobody else', async () => {
    const stranger = '99999999-9999-4999-8999-999999999999'
    for (const tenant of [stranger, 'common', '{tenantid}']) {
      expect((await provider.request(`${base}/${tenant}/v2.0/.well-known/openid-configuration`)).status).toBe(
        404,
      )
      expect((await provider.request(`${base}/${tenant}/discovery/v2.0/keys`)).status).toBe(404)
    }
  })

  test('spells its addresses https for whoever carries the requests of a client that takes nothing else', async () => {
    const response = await provider.request(`${base}/${contoso}/v2.0/.well-known/openid-configuration`, {
      headers: { 'X-Forwarded-Proto': 'https' },
    })
    const secure = `https://127.0.0.1:8081/${contoso}`
    expect(await response.json()).toMatchObject({
      issuer: `${secure}/v2.0`,
      jwks_uri: `${secure}/discovery/v2.0/keys`,
      token_endpoint: `${secure}/oauth2/v2.0/token`,
    })
  })

  test('publishes one key, and nothing private', async () => {
    const text = JSON.stringify(await get(`${base}/${contoso}/discovery/v2.0/keys`))
    const [key, ...others] = decoded(KeySet)(JSON.parse(text)).keys
    expect(others).toEqual([])
    expect(key).toMatchObject({
      kty: 'RSA',
      kid: keys.kid,
      use: 'sig',
      alg: 'RS256',
      issuer: `${base}/{tenantid}/v2.0`,
    })
    expect(text).not.toMatch(/"(?:d|p|q|dp|dq|qi)":/)
  })

  test('says on its page what it is for', async () => {
    const text = await (await provider.request(`${base}/`)).text()
    for (const name of people.keys()) expect(text).toContain(name)
  })
})

describe('tokens', () => {
  test.each([...people])('for %s verify', async (name, person) => {
    const { payload, protectedHeader } = await verify(await tokenFor({ as: name }), person.tid)
    expect(payload).toMatchObject({ ...person.claims, tid: person.tid, aud: letheClientId, ver: '2.0' })
    expect(payload.exp).toBe((payload.iat ?? 0) + 3600)
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: keys.kid })
  })

  test('come as text for whoever asks so', async () => {
    const response = await post({ as: 'adele' }, { Accept: 'text/plain' })
    expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
    expect(decodeJwt(await response.text())).toMatchObject({ tid: contoso })
  })

  test('merge claims last, as they are', async () => {
    const claims = {
      tid: northwind,
      scp: 'Other',
      roles: ['x'],
      iss: 'y',
      aud: ['z'],
      exp: 1,
      extra: { a: [1] },
    }
    expect(decodeJwt(await tokenFor({ as: 'adele', claims, expiresInSeconds: 5 }))).toMatchObject(claims)
  })

  test('drop the claims that are null, and nothing is recomputed', async () => {
    const claims = { tid: null, oid: null, exp: null, wids: null }
    const payload = decodeJwt(await tokenFor({ as: 'adele', claims }))
    for (const name of Object.keys(claims)) expect(payload).not.toHaveProperty(name)
    expect(payload.iss).toBe(`${base}/${contoso}/v2.0`)
    expect(payload['azp']).toBeDefined()
  })

  test.each([-60, 1, 86_400])('end after %d seconds where that is asked for', async expiresInSeconds => {
    const { exp = 0, iat = 0 } = decodeJwt(await tokenFor({ as: 'megan', expiresInSeconds }))
    expect(exp - iat).toBe(expiresInSeconds)
  })

  test('signed with the rogue key look right and do not verify', async () => {
    const token = await tokenFor({ as: 'adele', key: 'rogue' })
    expect(decodeProtectedHeader(token).kid).toBe(keys.kid)
    await expect(verify(token, contoso)).rejects.toThrow(errors.JWSSignatureVerificationFailed)
  })

  test.each([
    'adele',
    '',
    'null',
    '[]',
    {},
    { as: 'nobody' },
    { as: 'toString' },
    { as: 7 },
    { as: 'adele', claims: 'secret' },
    { as: 'adele', expiresInSeconds: 'soon' },
    { as: 'adele', key: 'another' },
  ])('are not given for %j', async body => {
    const response = await post(body)
    expect(response.status).toBe(400)
    const text = await response.text()
    expect(decoded(t.type({ error: t.literal('invalid_request') }))(JSON.parse(text))).toBeDefined()
    expect(text).toContain('adele')
    expect(text).not.toContain('secret')
  })

  test('are not given for too much', async () => {
    expect((await post({ as: 'adele', claims: { long: 'x'.repeat(70_000) } })).status).toBe(413)
  })
})

describe('the signing key', () => {
  test('survives a restart, and tokens with it', async () => {
    const file = join(await newFolder(), 'deep', 'key.json')
    const first = await loadSigningKeys(file)
    const second = await loadSigningKeys(file)
    expect(second.kid).toBe(first.kid)
    expect(second.publicJwk).toEqual(first.publicJwk)
    expect((await stat(file)).mode & 0o077).toBe(0)
    const token = decoded(Token)(
      await (
        await identityProvider({ ...deps, keys: first }).request(`${base}/sandbox/token`, {
          method: 'POST',
          body: '{"as":"adele"}',
        })
      ).json(),
    ).access_token
    const published = decoded(KeySet)(
      await (
        await identityProvider({ ...deps, keys: second }).request(`${base}/${contoso}/discovery/v2.0/keys`)
      ).json(),
    )
    expect((await jwtVerify(token, createLocalJWKSet(published))).payload['tid']).toBe(contoso)
  })

  test('is made anew where the kept one cannot be read', async () => {
    const file = join(await newFolder(), 'key.json')
    await writeFile(file, '{"kty":"RSA"}')
    const made = await loadSigningKeys(file)
    expect((await loadSigningKeys(file)).kid).toBe(made.kid)
    expect(await readFile(file, 'utf8')).toContain(made.publicJwk.n)
  })
})
