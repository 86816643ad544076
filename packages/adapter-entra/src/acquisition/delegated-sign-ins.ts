import type { SignIns, Unavailable } from '@lethe/application'
import type { Instant, TenantCaller, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { acquire } from './acquire.js'
import type { Delegation } from './delegated-tokens.js'

/**
 * The access token that a caller came with; null where it is not known. The issuer exchanges it for a token for Graph on
 * behalf of that person. Source: Microsoft identity platform, on-behalf-of flow.
 */
export type AssertionOf = (caller: TenantCaller) => string | null

/** Where the issuer names no time. */
const usualRetrySeconds = 5

/**
 * Keeps people's sign-ins: the caller's assertion is exchanged at once, and what is kept, sealed, is the cache of MSAL.
 * The assertion itself is not in there.
 *
 * `Unavailable` where the issuer or the store cannot be asked: nothing was kept then, nor erased.
 */
export const delegatedSignIns = (
  delegation: Delegation,
  assertionOf: AssertionOf,
  now: () => Instant,
): SignIns => {
  const { safe, memo } = delegation
  const keeping =
    (exchanged: Exchange): SignIns['keep'] =>
    ({ tenantId, requestId, actor, caller }) =>
    async () => {
      const cache = await exchanged(tenantId, assertionFor(assertionOf, tenantId, caller))
      if (E.isLeft(cache)) return cache
      memo.forget(tenantId, requestId)
      // Nobody but the last one to approve is acted for.
      return cache.right === null
        ? safe.erase(tenantId, requestId)()
        : safe.keep({ tenantId, requestId, actor, keptAt: now() }, cache.right)()
    }
  const anew: Exchange = (tenantId, assertion) => exchange(delegation, tenantId, assertion)
  return { keep: keeping(anew), forMany: () => ({ keep: keeping(once(anew)) }) }
}

/** @returns the cache of MSAL after the exchange of an assertion; null where the sign-in allows none. */
type Exchange = (
  tenantId: TenantId,
  assertion: string | null,
) => Promise<E.Either<Unavailable, string | null>>

/** Exchanges each assertion once; what could not be exchanged now is tried again. */
const once = (exchanged: Exchange): Exchange => {
  const made = new Map<string, ReturnType<Exchange>>()
  return (tenantId, assertion) => {
    const key = `${tenantId} ${assertion ?? ''}`
    const known = made.get(key)
    if (known !== undefined) return known
    const begun = exchanged(tenantId, assertion).then(cache => {
      if (E.isLeft(cache)) made.delete(key)
      return cache
    })
    made.set(key, begun)
    return begun
  }
}

const assertionFor = (assertionOf: AssertionOf, tenantId: TenantId, caller: TenantCaller): string | null =>
  caller.kind === 'workAccount' && caller.tenantId === tenantId ? assertionOf(caller) : null

const exchange = async (
  { newClient, gateOf, onProblem, scope }: Delegation,
  tenantId: TenantId,
  assertion: string | null,
): Promise<E.Either<Unavailable, string | null>> => {
  if (assertion === null) return E.right(null)
  const gate = gateOf(tenantId)
  const client = newClient(tenantId, gate)
  const acquired = await acquire(onProblem)(tenantId, gate, () =>
    client.acquireTokenOnBehalfOf({ oboAssertion: assertion, scopes: [scope] }),
  )()
  if (E.isLeft(acquired)) {
    switch (acquired.left._tag) {
      case 'SignInRequired':
        return E.right(null)
      case 'TokenUnavailable':
        return E.left({
          _tag: 'Unavailable',
          retryAfterSeconds: acquired.left.retryAfterSeconds ?? usualRetrySeconds,
        })
    }
  }
  if (acquired.right.account !== null) return E.right(client.getTokenCache().serialize())
  // Without an account MSAL finds nothing in that cache again.
  onProblem({ tenantId, code: 'no_account', aadsts: null, network: null })
  return E.right(null)
}
