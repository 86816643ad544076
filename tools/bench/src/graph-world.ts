import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Profiles } from '@lethe/api'
import { TenantId } from '@lethe/domain'
import {
  contoso,
  northwind,
  createSignIns,
  freePorts,
  type GraphTwin,
  graphResource,
  identityProvider,
  letheClientId,
  listenOnLoopback,
  loadClientRegistration,
  loadSigningKeys,
  startGraphTwin,
} from '@lethe/sandbox'
import * as E from 'fp-ts/lib/Either.js'

/** The sandbox's twin of Microsoft Graph, and the identity provider that it trusts. */
export interface GraphWorld {
  readonly tenantId: TenantId
  readonly twin: GraphTwin
  /** The settings of a worker that calls the twin. */
  readonly environment: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

export const openGraphWorld = async (profiles: Profiles): Promise<GraphWorld> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-bench-twin-'))
  const [identityPort = 0, graphPort = 0] = await freePorts(2)
  const identity = `http://127.0.0.1:${identityPort}`
  const keys = await loadSigningKeys(join(folder, 'key.json'))
  const registration = await loadClientRegistration(folder)
  const provider = identityProvider({ baseUrl: identity, keys, registration, signIns: createSignIns() })
  const listening = await listenOnLoopback(provider.fetch, identityPort)
  const twin = await startGraphTwin({
    port: graphPort,
    identity,
    removedProfilesFile: join(folder, 'removed-profiles'),
    profiles,
  })
  if (E.isLeft(twin)) throw new Error(`The twin cannot start: ${twin.left.mistakes.join('; ')}`)
  return {
    tenantId: benchTenant,
    twin: twin.right,
    environment: {
      LETHE_TENANTS: benchTenant,
      LETHE_GRAPH_URL: `${twin.right.address}/beta`,
      LETHE_GRAPH_AUTHORITY: identity,
      LETHE_GRAPH_AUDIENCE: graphResource,
      LETHE_GRAPH_CLIENT_ID: letheClientId,
      LETHE_GRAPH_CERTIFICATE_FILE: registration.certificate.file,
    },
    close: async () => {
      await twin.right.stop()
      await listening.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const knownTenant = (id: string): TenantId => {
  const decoded = TenantId.decode(id)
  if (E.isLeft(decoded)) throw new Error('A tenant of the sandbox has a tenant id')
  return decoded.right
}

/** Tenants that the identity provider knows. */
export const benchTenant = knownTenant(contoso)
export const otherTenant = knownTenant(northwind)
