import { sha256Digest, systemClock } from '@lethe/adapter-system'
import { inMemoryStore } from '@lethe/adapter-memory'
import type { Clock, StorePorts } from '@lethe/application'
import type { Logger } from 'pino'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { compose, type Composition } from '../../src/compose.js'
import type { DataPlane } from '../../src/data-plane.js'
import { createApp, type UseCases } from '../../src/http/app.js'
import type { Health } from '../../src/http/health-routes.js'
import { memoryDataPlane, type Profiles } from '../../src/memory-data-plane.js'
import { type Ask, askThrough } from './asking.js'
import { configFor, type Environment } from './environment.js'
import type { Issuer } from './issuer.js'
import { keepLog } from './log-lines.js'
import { usualProfiles } from './places.js'
import { workOff } from './working.js'

/** The API, over memory unless it is told otherwise, with a door that only real tokens open. */
export interface World {
  readonly ask: Ask
  readonly work: () => Promise<void>
  readonly composition: Composition
  readonly logged: ReadonlyArray<string>
  readonly fetch: (request: Request) => Response | Promise<Response>
}

export interface WorldSettings {
  readonly environment?: Environment
  readonly profiles?: Profiles
  /** Changes what is behind the API. */
  readonly dataPlane?: (usual: DataPlane) => DataPlane
  /** Where everything is kept. */
  readonly store?: StorePorts
  /** Use cases in the place of the real ones. */
  readonly useCases?: Partial<UseCases>
  readonly notReady?: Health['notReady']
  /** The clock of events and sweeps. */
  readonly clock?: Clock
  /** Where profiles are and data is removed, instead of in memory. */
  readonly data?: (store: StorePorts, log: Logger) => DataPlane
  readonly graph?: Health['graph']
  readonly graphOf?: Health['graphOf']
}

/** A data plane whose holders refuse to remove anything. */
export const refusing = ({ inboundProfiles, dataHolders }: DataPlane): DataPlane => ({
  inboundProfiles,
  dataHolders: {
    of: tenantId =>
      dataHolders.of(tenantId).map(holder => ({ ...holder, remove: () => TE.left({ _tag: 'Refused' }) })),
  },
})

/** Another host than the one that links are made of. */
const host = 'http://internal.example:1234'

export const openWorld = (issuer: Issuer, settings: WorldSettings = {}): World => {
  const config = configFor(issuer, settings.environment)
  const { log, lines } = keepLog()
  const ports = settings.store ?? inMemoryStore({ digest: sha256Digest, clock: systemClock })
  const memory = memoryDataPlane(settings.profiles ?? usualProfiles)
  const data = settings.data?.(ports, log) ?? settings.dataPlane?.(memory) ?? memory
  const composition = compose(config, { ports, leaseSeconds: 60 }, data, log, settings.clock)
  const app = createApp({
    useCases: { ...composition.useCases, ...settings.useCases },
    authenticate: composition.authenticate,
    contract: config.contract,
    requiredRoles: config.requiredRoles,
    publicUrl: config.publicUrl,
    authority: config.authority,
    clientId: config.clientId,
    signIn: config.signIn,
    clock: systemClock,
    health: {
      notReady: settings.notReady ?? (async () => null),
      graph: settings.graph ?? (async () => (await data.health?.(config.tenants)) ?? null),
      unreadable: async () => 0,
      noWorker: async () => null,
      graphOf: settings.graphOf ?? (async tenantId => (await data.healthOf?.(tenantId)) ?? null),
    },
    log,
  })
  return {
    ask: askThrough(issuer, host, request => app.fetch(request)),
    work: () => workOff(composition),
    composition,
    logged: lines,
    fetch: app.fetch,
  }
}
