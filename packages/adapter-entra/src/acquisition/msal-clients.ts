import { ConfidentialClientApplication } from '@azure/msal-node'
import type { TenantId } from '@lethe/domain'
import type { Dispatcher } from 'undici'
import type { Authority } from './authority.js'
import type { MsalCredential } from './client-credential.js'
import type { EndpointGate } from './endpoint-gate.js'
import { msalNetwork } from './msal-network.js'

/** What every client of MSAL is made of. */
export interface MsalSettings {
  readonly authority: Authority
  readonly credential: MsalCredential
  /** The application's id in Entra. */
  readonly clientId: string
  readonly dispatcher: Dispatcher
  readonly timeoutMs: number
}

/** Makes a client for one tenant, with an empty token cache of its own. */
export type NewMsalClient = (tenantId: TenantId, gate: EndpointGate) => ConfidentialClientApplication

/**
 * Tokens are asked for as a client that understands claims challenges (`cp1`), so that Entra can revoke them at once.
 * Source: Microsoft identity platform, continuous access evaluation, client capabilities.
 */
export const msalClients =
  ({ authority, credential, clientId, dispatcher, timeoutMs }: MsalSettings): NewMsalClient =>
  (tenantId, gate) => {
    const metadata = authority.metadataOf(tenantId)
    return new ConfidentialClientApplication({
      auth: {
        clientId,
        ...credential,
        authority: authority.urlOf(tenantId),
        knownAuthorities: [authority.knownHost],
        ...(metadata === null ? {} : { authorityMetadata: metadata }),
        clientCapabilities: ['cp1'],
      },
      system: { networkClient: msalNetwork({ authority, dispatcher, gate, timeoutMs }) },
    })
  }
