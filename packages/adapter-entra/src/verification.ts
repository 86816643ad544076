import { type Caller, callerFromClaims, type CallerUnrecognised, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Fetch, fetchJson } from './fetch-json.js'
import { type KeySet, keySet } from './key-set.js'
import { publishedKeys, type SigningKey } from './published-keys.js'
import {
  type KeysUnavailable,
  tokenInvalid,
  type TokenInvalid,
  tokenNotWellFormed,
  type TokenRefusal,
} from './refusals.js'
import { checkToken, type Genuine } from './signature.js'
import { tokenCache } from './token-cache.js'
import { trustedIssuers, type TrustedIssuers } from './trusted-issuers.js'
import { readUnverified, type UnverifiedToken } from './unverified-token.js'

/** Which tokens are accepted, and with what they are verified. */
export interface EntraTokensConfig {
  /** The tenants served. */
  readonly tenants: ReadonlyArray<TenantId>
  /** Exact issuer identifiers, in which `{tenantid}` stands for each tenant: see `trustedIssuers`. */
  readonly issuers: ReadonlyArray<string>
  /** Exact audiences, one of which a token must name. */
  readonly audiences: ReadonlyArray<string>
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly clock: () => number
  /** How to reach the issuers. */
  readonly fetch: Fetch
  /** How long one answer of an issuer may take, in milliseconds; default 5,000. */
  readonly fetchTimeoutMs?: number
  /** Told of each refresh of an issuer's keys that failed: which issuer, as it was configured, and why. */
  readonly onKeysFailed?: (problem: { readonly issuer: string; readonly code: string }) => void
  /** How many verified tokens are remembered, at least 1; default 10,000. */
  readonly maxCachedTokens?: number
}

/** What a genuine token says. */
export interface VerifiedToken {
  /** A genuine token whose claims do not say who calls is no refusal of the token. */
  readonly caller: E.Either<CallerUnrecognised, Caller>
}

export interface EntraTokens {
  /**
   * Verifies an access token.
   *
   * @param token the bearer token, without the scheme.
   * @returns who calls; a `TokenRefusal` (the caller's fault), or `KeysUnavailable` (the issuer's, try again later).
   */
  readonly verify: (token: string) => TE.TaskEither<TokenRefusal | KeysUnavailable, VerifiedToken>
}

/**
 * Verifies access tokens of Microsoft Entra with the keys that the trusted issuers publish.
 *
 * In this order: well-formedness, algorithm, issuer and tenant, key, signature, audience, lifetime. Source: Microsoft
 * identity platform, access tokens, "Validate tokens".
 *
 * @throws where an issuer is one that `trustedIssuers` refuses: check the configuration with it first.
 */
export const entraTokens = (config: EntraTokensConfig): EntraTokens => {
  const {
    audiences,
    clock,
    fetch,
    fetchTimeoutMs = 5_000,
    maxCachedTokens = 10_000,
    onKeysFailed = () => undefined,
  } = config
  const trusted = trustedIssuersOf(config)
  const keysOf = publishedKeys(fetchJson(fetch, fetchTimeoutMs))
  const keySets: ReadonlyMap<string, KeySet> = new Map(
    [...trusted].map(([issuer, tenantId]) => [
      issuer,
      keySet(keysOf({ issuer, tenantId }), clock, code => onKeysFailed({ issuer, code })),
    ]),
  )
  const cache = tokenCache<VerifiedToken>(
    maxCachedTokens,
    clock,
    (issuer, key) => keySets.get(issuer)?.holds(key) ?? false,
  )
  const findKey = ({
    issuer,
    kid,
  }: UnverifiedToken): TE.TaskEither<TokenInvalid | KeysUnavailable, SigningKey> =>
    keySets.get(issuer)?.find(kid) ?? TE.left(tokenInvalid)

  const verifySigned = (token: string, issuer: string, key: SigningKey) =>
    pipe(
      checkToken({ key, issuer, audiences, now: clock() })(token),
      TE.map(genuine => {
        const value = verifiedTokenOf(genuine)
        cache.remember(token, { value, issuer, key, expiresAt: genuine.expiresAt })
        return value
      }),
    )

  const verifyAnew = (token: string): TE.TaskEither<TokenRefusal | KeysUnavailable, VerifiedToken> =>
    pipe(
      TE.fromEither(readUnverified(trusted)(token)),
      TE.flatMap(unverified =>
        pipe(
          findKey(unverified),
          TE.flatMap(key => verifySigned(token, unverified.issuer, key)),
        ),
      ),
    )

  return {
    verify: token => () => {
      if (token.length > maxTokenLength) return Promise.resolve(E.left(tokenNotWellFormed))
      const recalled = cache.recall(token)
      return recalled === null ? verifyAnew(token)() : Promise.resolve(E.right(recalled))
    },
  }
}

/** In characters: longer than any token that Entra issues, and short enough to parse for a stranger. */
const maxTokenLength = 16 * 1024

const trustedIssuersOf = ({ tenants, issuers }: EntraTokensConfig): TrustedIssuers => {
  const trusted = trustedIssuers(tenants, issuers)
  if (E.isRight(trusted)) return trusted.right
  throw new Error(
    `No issuers to trust: ${trusted.left.map(bad => `entry ${bad.index} ${bad.mistake}`).join(', ')}`,
  )
}

const verifiedTokenOf = ({ claims }: Genuine): VerifiedToken => ({
  caller: callerFromClaims(claims),
})
