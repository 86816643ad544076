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
export type ApplicationTokens = (
  tenantId: TenantId,
  claims: string | null,
) => TE.TaskEither<TokenProblem, string>

interface TenantClient {
  readonly client: ConfidentialClientApplication
  readonly gate: EndpointGate
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
    const made = { client: newClient(tenantId, gate), gate }
    tenants.set(tenantId, made)
    return made
  }

  const ask = async (tenantId: TenantId, claims: string | null): Promise<E.Either<TokenProblem, string>> => {
    const { client, gate } = clientOf(tenantId)
    const acquired = await acquire(onProblem)(tenantId, gate, () =>
      client.acquireTokenByClientCredential({
        scopes: [scope],
        // MSAL would take a region from the environment, and look for one outside of the configured authority.
        azureRegion: 'DisableMsalForceRegion',
        ...(claims === null ? {} : { claims }),
      }),
    )()
    return E.map(({ accessToken }: { readonly accessToken: string }) => accessToken)(acquired)
  }

  return (tenantId, claims) => () => flights(`${tenantId} ${claims ?? ''}`, () => ask(tenantId, claims))
}
