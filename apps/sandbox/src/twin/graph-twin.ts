import { randomInt } from 'node:crypto'
import { createLog, decodeConfig, openStore, type Profiles, startApi } from '@lethe/api'
import * as E from 'fp-ts/lib/Either.js'
import type { ClaimsRequest } from '../identity/claims-request.js'
import { graphAudience, graphResource } from '../identity/graph-access.js'
import { type LoopbackServer, listenOnLoopback } from '../loopback-server.js'
import type { SandboxRefusal } from '../refusal.js'
import { createChallenges } from './challenges.js'
import { createEffects } from './effects.js'
import { type FaultPlans, faultPlans } from './fault-plans.js'
import { forwardTo } from './forward.js'
import { type KeptProfiles, openKeptProfiles } from './kept-profiles.js'
import { createLedger, type Ledger } from './ledger.js'
import { twinApp } from './twin-app.js'

export interface GraphTwinSettings {
  readonly port: number
  /** Where the identity provider is, without a slash at the end: the twin trusts its tokens. */
  readonly identity: string
  /** Where removals are kept: a line for each. */
  readonly removedProfilesFile: string
  /** The profiles of each tenant before any removal. */
  readonly profiles: Profiles
  /** What faults follow from, until another seed is set; default: anything. */
  readonly seed?: number
  /** Milliseconds, from anywhere, never set back; default: the machine's. Limits and what stays for a while go by it. */
  readonly clock?: () => number
  /** What the tokens of a person must say; null for nothing special. */
  readonly demandOf?: (tenantId: string, userId: string) => ClaimsRequest | null
}

export interface GraphTwin {
  /** Its address, without a slash at the end. Graph's root is `/beta` below it. */
  readonly address: string
  /** The profiles that it serves. */
  readonly data: KeptProfiles['data']
  readonly plans: FaultPlans
  readonly ledger: Ledger
  readonly stop: () => Promise<void>
}

/**
 * Starts the sandbox's Microsoft Graph: Lethe's own API over profiles in memory, with the contract `graph` and automatic
 * approval, which misbehaves as it is told. Rejects where the port cannot be had.
 */
export const startGraphTwin = async (
  settings: GraphTwinSettings,
): Promise<E.Either<SandboxRefusal, GraphTwin>> => {
  const address = `http://127.0.0.1:${settings.port}`
  const config = decodeConfig(apiEnvironment(settings, address))
  if (E.isLeft(config)) return E.left({ mistakes: config.left.mistakes })
  const clock = settings.clock ?? (() => performance.now())
  const plans = faultPlans(config.right.tenants, settings.seed ?? randomInt(2 ** 31), clock)
  const [ledger, effects] = [createLedger(), createEffects()]
  const log = createLog(config.right.logLevel)
  const store = await openStore(config.right, 'both', log)
  if (E.isLeft(store)) return E.left({ mistakes: store.left.mistakes })
  const profiles = await openKeptProfiles(settings.removedProfilesFile, settings.profiles, {
    staysForSeconds: plans.staysForSeconds,
    onRemoval: ledger.countRemoval,
    onDone: effects.note,
    clock,
  })
  const api = await startApi(config.right, 'both', store.right, profiles.data, log)
  const stopApi = async (): Promise<void> => {
    await api.stop()
    await profiles.close()
  }
  const app = twinApp({
    plans,
    ledger,
    effects,
    challenges: createChallenges(settings.demandOf ?? (() => null)),
    serve: forwardTo(`http://127.0.0.1:${api.port ?? 0}`),
  })
  const server = await listening(() => listenOnLoopback(app.fetch, settings.port), stopApi)
  return E.right({
    address,
    data: profiles.data,
    plans,
    ledger,
    stop: async () => {
      await server.stop()
      await stopApi()
    },
  })
}

const listening = async (
  listen: () => Promise<LoopbackServer>,
  stopApi: () => Promise<void>,
): Promise<LoopbackServer> => {
  try {
    return await listen()
  } catch (error) {
    await stopApi()
    throw error
  }
}

const apiEnvironment = ({ identity, profiles }: GraphTwinSettings, address: string) => ({
  LETHE_LOG_LEVEL: 'warn',
  LETHE_HOST: '127.0.0.1',
  // Any: only the twin's own port is known to anybody.
  LETHE_PORT: '0',
  LETHE_PUBLIC_URL: address,
  LETHE_CONTRACT: 'graph',
  LETHE_APPROVALS: 'automatic',
  LETHE_ABSENCE_LOOKS: '1',
  LETHE_TENANTS: [...profiles.keys()].join(','),
  LETHE_AUDIENCES: `${graphAudience},${graphResource}`,
  LETHE_ISSUERS: `${identity}/{tenantid}/v2.0`,
  LETHE_AUTHORITY: identity,
  LETHE_ALLOW_INSECURE_ISSUER: 'true',
  LETHE_DATABASE_URL: 'memory:',
  LETHE_GRAPH_URL: 'memory:',
  LETHE_DRAIN_SECONDS: '0',
  LETHE_SHUTDOWN_SECONDS: '2',
})
