import { createHash } from 'node:crypto'
import { type ClaimsRequest, satisfies } from '../identity/claims-request.js'
import type { UnverifiedCaller } from './unverified-caller.js'

/** What the fault `claimsChallenge` asks for: an authentication context. */
const usualDemand: ClaimsRequest = { access_token: { acrs: { essential: true, value: 'c1' } } }

/** Which tokens are challenged. */
export interface Challenges {
  /** What a token lacks whose person must show more: for every call with it. */
  readonly demanded: (caller: UnverifiedCaller) => ClaimsRequest | null
  /** What a token lacks by chance: asked once for a token, and never of one that has an authentication context. */
  readonly byChance: (caller: UnverifiedCaller) => ClaimsRequest | null
}

/** @param demandOf what the tokens of a person must say; null for nothing. */
export const createChallenges = (
  demandOf: (tenantId: string, userId: string) => ClaimsRequest | null,
): Challenges => {
  const challenged = new Set<string>()
  return {
    demanded: ({ claims }) => {
      const demand = claims.oid === undefined ? null : demandOf(claims.tid, claims.oid)
      return demand === null || satisfies(demand, claims) ? null : demand
    },
    byChance: ({ token, claims }) => {
      const digest = createHash('sha256').update(token).digest('base64')
      if (challenged.has(digest) || claims['acrs'] !== undefined) return null
      challenged.add(digest)
      return usualDemand
    },
  }
}

/**
 * The value of `WWW-Authenticate`.
 *
 * Source: Microsoft identity platform, claims challenges: the claims are base64 of JSON.
 */
export const challengeHeader = (demand: ClaimsRequest): string =>
  `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(JSON.stringify(demand)).toString('base64')}"`
