import type { ConfidentialClientApplication } from '@azure/msal-node'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { acquire, type OnProblem } from './acquire.js'
import { type EndpointGate, endpointGate } from './endpoint-gate.js'
import type { NewMsalClient } from './msal-clients.js'
import { singleFlight } from './single-flight.js'
import type { TokenProblem } from './token-problem.js'

/** Gives tokens for what Lethe does in its own name. */
export interface ApplicationTokens {
  /**
   * @param rejected a token that Graph took no longer: another is given, where there is one; once a minute it is asked for.
   */
  readonly token: (
    tenantId: TenantId,
    claims: string | null,
    rejected: string | null,
  ) => TE.TaskEither<TokenProblem, string>
  /** Has the next token of a tenant asked for anew, at most once a minute: the one that is there was not good enough. */
  readonly distrust: (tenantId: TenantId) => void
}

/** How long a new token is trusted whatever Graph says of it, in milliseconds: a refusal for good must not become a flood. */
const trustedMs = 60_000

interface TenantClient {
  readonly client: ConfidentialClientApplication
  readonly gate: EndpointGate
  distrusted: boolean
  /** The token that was given last. */
  last: string | null
  /** When a token was last asked for anew. */
  renewedAt: number
}

/**
 * Tokens by client credentials (RFC 6749 section 4.4), one client of MSAL for each tenant. MSAL keeps a token in memory
 * until five minutes before it expires; those who ask at the same time share one call.
 *
 * @param scope such as `https://graph.microsoft.com/.default`.
 * @param clock milliseconds since 1970-01-01T00:00:00Z.
 */
export const applicationTokens = (
  newClient: NewMsalClient,
  scope: string,
  clock: () => number,
  onProblem: OnProblem,
): ApplicationTokens => {
  const tenants = new Map<TenantId, TenantClient>()
  const flights = singleFlight<E.Either<TokenProblem, string>>()

  const clientOf = (tenantId: TenantId): TenantClient => {
    const known = tenants.get(tenantId)
    if (known !== undefined) return known
    const gate = endpointGate(clock)
    const made = {
      client: newClient(tenantId, gate),
      gate,
      distrusted: false,
      last: null,
      renewedAt: -Infinity,
    }
    tenants.set(tenantId, made)
    return made
  }

  const ask = async (
    tenantId: TenantId,
    claims: string | null,
    rejected: string | null,
  ): Promise<E.Either<TokenProblem, string>> => {
    const tenant = clientOf(tenantId)
    const { client, gate } = tenant
    // Where it is another one by now, somebody has asked for it already.
    if (rejected !== null && tenant.last === rejected) tenant.distrusted = true
    const anew = tenant.distrusted && clock() - tenant.renewedAt >= trustedMs
    tenant.distrusted = false
    if (anew) tenant.renewedAt = clock()
    const acquired = await acquire(onProblem)(tenantId, gate, () =>
      client.acquireTokenByClientCredential({
        scopes: [scope],
        // MSAL would take a region from the environment, and look for one outside of the configured authority.
        azureRegion: 'DisableMsalForceRegion',
        ...(claims === null ? {} : { claims }),
        ...(anew ? { skipCache: true } : {}),
      }),
    )()
    if (E.isLeft(acquired)) return acquired
    tenant.last = acquired.right.accessToken
    return E.right(tenant.last)
  }

  return {
    token: (tenantId, claims, rejected) => () =>
      flights(`${tenantId} ${claims ?? ''} ${rejected === null ? '' : 'anew'}`, () =>
        ask(tenantId, claims, rejected),
      ),
    distrust: tenantId => {
      clientOf(tenantId).distrusted = true
    },
  }
}
