import { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose'
import { entraTokens, type EntraTokens, type EntraTokensConfig } from '../src/index.js'
import type { FakeIssuer } from './fake-issuer.js'

const tenant = (text: string): TenantId => {
  const decoded = TenantId.decode(text)
  if (E.isLeft(decoded)) throw new Error('A tenant of the tests is no tenant id')
  return decoded.right
}

export const contoso = tenant('11111111-1111-4111-8111-111111111111')
export const northwind = tenant('22222222-2222-4222-8222-222222222222')
export const stranger = tenant('33333333-3333-4333-8333-333333333333')
export const userId = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'
export const audience = 'api://lethe'

/** Seconds since 1970-01-01T00:00:00Z, when the tests begin. */
export const start = 1_795_000_000
export const second = 1000
export const minute = 60 * second
export const day = 24 * 60 * minute

export interface MovableClock {
  readonly now: () => number
  readonly forward: (milliseconds: number) => void
}

export const movableClock = (): MovableClock => {
  let now = start * 1000
  return {
    now: () => now,
    forward: milliseconds => {
      now += milliseconds
    },
  }
}

export interface TestKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

export const makeKey = async (kid: string): Promise<TestKey> => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } }
}

export type Claims = Readonly<Record<string, unknown>>

/** A token of Contoso, issued when the tests begin and good for an hour; an `undefined` claim or header is left out. */
export const claimsOf = (issuer: FakeIssuer, claims: Claims = {}): Record<string, unknown> => ({
  iss: issuer.v2(contoso),
  tid: contoso,
  aud: audience,
  oid: userId,
  scp: 'access',
  iat: start,
  nbf: start,
  exp: start + 3600,
  ...claims,
})

export const sign = (
  key: Pick<TestKey, 'kid' | 'privateKey'>,
  claims: Claims,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })
    .sign(key.privateKey)

/** A verifier of Contoso's and Northwind's tokens, v1 and v2. */
export const verifierFor = (
  issuer: FakeIssuer,
  clock: MovableClock,
  config: Partial<EntraTokensConfig> = {},
): EntraTokens =>
  entraTokens({
    tenants: [contoso, northwind],
    issuers: [issuer.v1('{tenantid}'), issuer.v2('{tenantid}')],
    audiences: [audience],
    clock: clock.now,
    fetch,
    ...config,
  })

/** The tag of the refusal, or `accepted`. */
export const resultOf = async (verifier: EntraTokens, token: string): Promise<string> => {
  const outcome = await verifier.verify(token)()
  return E.isLeft(outcome) ? outcome.left._tag : 'accepted'
}
