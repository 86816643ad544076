import { exportSPKI, type JWTHeaderParameters, SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { closeIssuers, openIssuer } from './fake-issuer.js'
import {
  audience,
  type Claims,
  claimsOf,
  contoso,
  makeKey,
  movableClock,
  northwind,
  resultOf,
  sign,
  start,
  stranger,
  verifierFor,
} from './tokens.js'

const key = await makeKey('known')
const rogue = await makeKey('known')
const unknown = await makeKey('unknown')

afterEach(closeIssuers)

const open = async () => {
  const issuer = await openIssuer(key.jwk)
  const verifier = verifierFor(issuer, movableClock())
  const judge = (token: string) => resultOf(verifier, token)
  return { issuer, judge }
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('the algorithm', () => {
  it.each(['none', 'None', 'NONE'])('%s is refused, with a signature and without', async alg => {
    const { issuer, judge } = await open()
    const unsigned = `${base64url({ alg, typ: 'JWT', kid: 'known' })}.${base64url(claimsOf(issuer))}`
    const [, , signature] = (await sign(key, claimsOf(issuer))).split('.')
    expect(await judge(`${unsigned}.`)).toBe('TokenInvalid')
    expect(await judge(`${unsigned}.${signature}`)).toBe('TokenInvalid')
    expect(issuer.requests).toEqual([])
  })

  it('HS256 with the public key as the secret is refused', async () => {
    const { issuer, judge } = await open()
    const pem = await exportSPKI(key.publicKey)
    const secrets = [
      new TextEncoder().encode(pem),
      new TextEncoder().encode(pem.trim()),
      new TextEncoder().encode(key.jwk.n),
      Buffer.from(key.jwk.n ?? '', 'base64url'),
    ]
    const tokens = await Promise.all(
      secrets.map(secret =>
        new SignJWT(claimsOf(issuer)).setProtectedHeader({ alg: 'HS256', kid: 'known' }).sign(secret),
      ),
    )
    expect(await Promise.all(tokens.map(judge))).toEqual(secrets.map(() => 'TokenInvalid'))
  })

  it.each(['PS256', 'RS384', 'RS512'])('%s is refused', async alg => {
    const { issuer, judge } = await open()
    const [, payload, signature] = (await sign(key, claimsOf(issuer))).split('.')
    expect(await judge(`${base64url({ alg, kid: 'known' })}.${payload}.${signature}`)).toBe('TokenInvalid')
  })
})

describe('the key', () => {
  it('a rogue key with a known kid is refused', async () => {
    const { issuer, judge } = await open()
    expect(await judge(await sign(key, claimsOf(issuer)))).toBe('accepted')
    expect(await judge(await sign(rogue, claimsOf(issuer)))).toBe('TokenInvalid')
  })

  it('an unknown kid is refused', async () => {
    const { issuer, judge } = await open()
    expect(await judge(await sign(unknown, claimsOf(issuer)))).toBe('TokenInvalid')
  })

  it('a key of one app alone is not asked for, whatever app the token names', async () => {
    const { issuer, judge } = await open()
    const appid = '44444444-4444-4444-8444-444444444444'
    issuer.publishFor(appid, unknown.jwk)
    expect(await judge(await sign(unknown, claimsOf(issuer, { appid, azp: appid })))).toBe('TokenInvalid')
    expect(issuer.requests.filter(path => path.includes('appid'))).toEqual([])
  })

  it.each([undefined, ''])('a token that names no key is refused (%j)', async kid => {
    const { issuer, judge } = await open()
    const token = await new SignJWT(claimsOf(issuer))
      .setProtectedHeader({ alg: 'RS256', ...(kid === undefined ? {} : { kid }) })
      .sign(key.privateKey)
    expect(await judge(token)).toBe('TokenInvalid')
  })

  it('a key or an address of keys in the header is not looked at', async () => {
    const { issuer, judge } = await open()
    const attacker = await openIssuer(rogue.jwk, unknown.jwk)
    const headers: ReadonlyArray<Partial<JWTHeaderParameters>> = [
      { jku: attacker.url(`/${contoso}/v2.0/keys`) },
      { x5u: attacker.url('/certificate') },
      { jwk: { kty: 'RSA', n: rogue.jwk.n ?? '', e: rogue.jwk.e ?? '' } },
      { x5c: ['MIIB'] },
    ]
    const tokens = await Promise.all(
      [rogue, unknown].flatMap(forger => headers.map(header => sign(forger, claimsOf(issuer), header))),
    )
    expect(new Set(await Promise.all(tokens.map(judge)))).toEqual(new Set(['TokenInvalid']))
    expect(attacker.requests).toEqual([])
  })

  it('a critical header that is not understood is refused', async () => {
    const { issuer, judge } = await open()
    const token = await new SignJWT(claimsOf(issuer))
      .setProtectedHeader({ alg: 'RS256', kid: 'known', crit: ['urn:other'], 'urn:other': 1 })
      .sign(key.privateKey, { crit: { 'urn:other': true } })
    expect(await judge(token)).toBe('TokenInvalid')
  })

  it('claims changed after signing are refused', async () => {
    const { issuer, judge } = await open()
    const [header, , signature] = (await sign(key, claimsOf(issuer))).split('.')
    const changed = base64url(claimsOf(issuer, { wids: ['62e90394-69f5-4237-9190-012177145e10'] }))
    expect(await judge(`${header}.${changed}.${signature}`)).toBe('TokenInvalid')
  })
})

describe('the issuer and the tenant', () => {
  it('an issuer that is not trusted is refused, and never asked', async () => {
    const { issuer, judge } = await open()
    const attacker = await openIssuer(rogue.jwk)
    expect(await judge(await sign(rogue, claimsOf(issuer, { iss: attacker.v2(contoso) })))).toBe(
      'TokenInvalid',
    )
    expect(attacker.requests).toEqual([])
    expect(issuer.requests).toEqual([])
  })

  it('the issuer of another tenant than tid is refused, even where both are served', async () => {
    const { issuer, judge } = await open()
    expect(await judge(await sign(key, claimsOf(issuer, { tid: northwind })))).toBe('TokenInvalid')
    expect(await judge(await sign(key, claimsOf(issuer, { iss: issuer.v1(northwind) })))).toBe('TokenInvalid')
  })

  it('a tenant that is not served is refused', async () => {
    const { issuer, judge } = await open()
    const token = await sign(key, claimsOf(issuer, { iss: issuer.v2(stranger), tid: stranger }))
    expect(await judge(token)).toBe('TokenInvalid')
    expect(issuer.requests).toEqual([])
  })

  it('an issuer is compared exactly', async () => {
    const { issuer, judge } = await open()
    const near = [
      `${issuer.v2(contoso)}/`,
      issuer.v1(contoso).slice(0, -1),
      issuer.v2(contoso).toUpperCase(),
      issuer.v2('{tenantid}'),
      [issuer.v2(contoso)],
      undefined,
    ]
    const tokens = await Promise.all(near.map(iss => sign(key, claimsOf(issuer, { iss }))))
    expect(await Promise.all(tokens.map(judge))).toEqual(near.map(() => 'TokenInvalid'))
  })
})

describe('the claims', () => {
  const withClaims = async (claims: Claims): Promise<string> => {
    const { issuer, judge } = await open()
    return judge(await sign(key, claimsOf(issuer, claims)))
  }

  it.each([
    [undefined],
    ['api://other'],
    [`${audience}/`],
    [audience.toUpperCase()],
    ['00000003-0000-0000-c000-000000000000'],
    [['api://other']],
    [[]],
  ])('a wrong audience is refused (%j)', async aud => {
    expect(await withClaims({ aud })).toBe('AudienceInvalid')
  })

  it('one audience of several suffices', async () => {
    expect(await withClaims({ aud: ['api://other', audience] })).toBe('accepted')
  })

  it('no audience is accepted where none is configured', async () => {
    const { issuer } = await open()
    const verifier = verifierFor(issuer, movableClock(), { audiences: [] })
    expect(await resultOf(verifier, await sign(key, claimsOf(issuer)))).toBe('AudienceInvalid')
  })

  it.each([undefined, 7, 'contoso', '', `{${contoso}}`])(
    'without a tid that is a GUID it is refused (%j)',
    async tid => {
      expect(await withClaims({ tid })).toBe('TokenInvalid')
    },
  )

  it.each([undefined, String(start + 3600), null])(
    'without an exp that is a number it is refused (%j)',
    async exp => {
      expect(await withClaims({ exp })).toBe('TokenInvalid')
    },
  )

  it('an nbf that is no number is refused', async () => {
    expect(await withClaims({ nbf: 'now' })).toBe('TokenInvalid')
  })

  it.each([
    ['TokenExpired', { exp: start - 3600 }],
    ['TokenExpired', { exp: start - 301 }],
    ['TokenExpired', { exp: start - 300 }],
    ['accepted', { exp: start - 299 }],
    ['TokenNotYetValid', { nbf: start + 3600 }],
    ['TokenNotYetValid', { nbf: start + 301 }],
    ['accepted', { nbf: start + 300 }],
    ['accepted', { nbf: start + 299 }],
    ['accepted', { nbf: undefined, iat: undefined }],
  ])('the clocks may be five minutes apart: %s with %j', async (result, claims) => {
    expect(await withClaims(claims)).toBe(result)
  })
})

describe('what is no token', () => {
  it('is not well formed', async () => {
    const { issuer, judge } = await open()
    const token = await sign(key, claimsOf(issuer))
    const [header, payload, signature] = token.split('.')
    const garbage = [
      '',
      '.',
      '..',
      'garbage',
      'a.b.c',
      `${header}.${payload}`,
      `${token}.`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${token}.${payload}.${signature}`,
      ` ${token}`,
      `${token}\n`,
      `${header}=.${payload}.${signature}`,
      `${header}.${base64url([])}.${signature}`,
      `${header}.${base64url('text')}.${signature}`,
      `${base64url(null)}.${payload}.${signature}`,
      `${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${signature}`,
      'é.é.é',
    ]
    expect(await Promise.all(garbage.map(judge))).toEqual(garbage.map(() => 'TokenNotWellFormed'))
    expect(issuer.requests).toEqual([])
  })

  it('over 16 KiB is not read', async () => {
    const { issuer, judge } = await open()
    const long = await sign(key, claimsOf(issuer, { padding: 'x'.repeat(16 * 1024) }))
    expect(await judge(long)).toBe('TokenNotWellFormed')
    expect(issuer.requests).toEqual([])
  })
})
