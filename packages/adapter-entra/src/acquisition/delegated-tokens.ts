import type { AuthenticationResult, ConfidentialClientApplication } from '@azure/msal-node'
import type { ActorReference, RemovalRequestId, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { acquire, type OnProblem } from './acquire.js'
import type { EndpointGate } from './endpoint-gate.js'
import type { NewMsalClient } from './msal-clients.js'
import type { Kept, SignInSafe } from './sign-in-safe.js'
import { singleFlight } from './single-flight.js'
import type { TokenMemo } from './token-memo.js'
import { signInRequired, type TokenProblem, tokenUnavailable } from './token-problem.js'

/** What it takes to act on behalf of people. */
export interface Delegation {
  readonly newClient: NewMsalClient
  /** Of the tenant's token endpoint, where people's tokens are asked for. */
  readonly gateOf: (tenantId: TenantId) => EndpointGate
  readonly safe: SignInSafe
  readonly memo: TokenMemo
  readonly scope: string
  readonly onProblem: OnProblem
}

/** Gives tokens for the removal of a request, on behalf of a person whose sign-in was kept for it. */
export type DelegatedTokens = (
  tenantId: TenantId,
  removal: { readonly requestId: RemovalRequestId; readonly onBehalfOf: ActorReference | null },
  claims: string | null,
  /** A token that Graph took no longer: another is given. */
  rejected: string | null,
) => TE.TaskEither<TokenProblem, string>

/**
 * Tokens from the kept cache of MSAL: the one that is in there, or a new one for the refresh token of the on-behalf-of
 * answer. That MSAL lets a worker do so is not promised; where it ends, the answer is `SignInRequired`.
 *
 * A sign-in that cannot be opened, or that the issuer no longer honours, is erased.
 */
export const delegatedTokens = (delegation: Delegation): DelegatedTokens => {
  const { safe, memo } = delegation
  const flights = singleFlight<E.Either<TokenProblem, string>>()
  return (tenantId, { requestId, onBehalfOf }, claims, rejected) =>
    async () => {
      const found = await safe.find(tenantId, requestId)()
      if (E.isLeft(found)) return E.left(tokenUnavailable(found.left.retryAfterSeconds))
      // Somebody who came too late may have left theirs: nothing is done in their name.
      if (O.isNone(found.right) || found.right.value.signIn.actor !== onBehalfOf)
        return E.left(signInRequired)
      const kept = found.right.value
      const recalled = claims === null ? memo.recall(kept) : null
      if (recalled !== null && recalled !== rejected) return E.right(recalled)
      const anew = rejected !== null
      return flights(`${tenantId} ${requestId} ${kept.signIn.sealed} ${claims ?? ''} ${anew}`, () =>
        tokenFor(delegation, kept, claims, anew),
      )
    }
}

const tokenFor = async (
  delegation: Delegation,
  kept: Kept,
  claims: string | null,
  anew: boolean,
): Promise<E.Either<TokenProblem, string>> => {
  const { safe, memo, gateOf, newClient } = delegation
  const { tenantId } = kept
  const client = newClient(tenantId, gateOf(tenantId))
  if (!load(client, safe.open(kept))) return giveUp(delegation, kept)
  const acquired = await acquireSilently(delegation, client, tenantId, claims, anew)()
  if (E.isLeft(acquired)) {
    return acquired.left._tag === 'SignInRequired' ? giveUp(delegation, kept) : acquired
  }
  const { accessToken, expiresOn, fromCache } = acquired.right
  const now = fromCache ? kept : await writeBack(delegation, client, kept)
  memo.remember(now, accessToken, expiresOn)
  return E.right(accessToken)
}

/** @returns whether there was something that MSAL can read. */
const load = (client: ConfidentialClientApplication, cache: O.Option<string>): boolean =>
  O.isSome(cache) &&
  O.isSome(
    O.tryCatch(() => {
      client.getTokenCache().deserialize(cache.value)
    }),
  )

const acquireSilently = (
  { onProblem, gateOf, scope }: Delegation,
  client: ConfidentialClientApplication,
  tenantId: TenantId,
  claims: string | null,
  anew: boolean,
): TE.TaskEither<TokenProblem, AuthenticationResult> =>
  acquire(onProblem)(tenantId, gateOf(tenantId), async () => {
    const [account] = await client.getTokenCache().getAllAccounts()
    if (account === undefined) return null
    return client.acquireTokenSilent({
      account,
      scopes: [scope],
      forceRefresh: anew,
      ...(claims === null ? {} : { claims }),
    })
  })

/** What cannot be erased now is erased with all that is old. */
const giveUp = async ({ safe }: Delegation, kept: Kept): Promise<E.Either<TokenProblem, never>> => {
  await safe.discard(kept)()
  return E.left(signInRequired)
}

/** The token is good even where the changed cache cannot be written: the next worker gets one of its own. */
const writeBack = async (
  { safe }: Delegation,
  client: ConfidentialClientApplication,
  kept: Kept,
): Promise<Kept> => {
  const replaced = await safe.replace(kept, client.getTokenCache().serialize())()
  return E.isRight(replaced) ? replaced.right : kept
}
