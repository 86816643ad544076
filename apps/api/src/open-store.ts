import { inMemoryStore } from '@lethe/adapter-memory'
import { type DatabaseUnfit, openPostgresStore, type PostgresStore } from '@lethe/adapter-postgres'
import { historySeals, sha256Digest, systemClock } from '@lethe/adapter-system'
import {
  type Clock,
  type StorePorts,
  type WorkerUnseenFor,
  workerUnseenFor,
  workerUnseenSeconds,
} from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Logger } from 'pino'
import type { BadConfig, Config } from './config.js'
import { traceOf } from './log.js'
import { type Role, worksIn } from './role.js'

export interface OpenStore {
  readonly ports: StorePorts
  /** For how long a worker holds a job, in seconds. */
  readonly leaseSeconds: number
  /** Why it takes nothing now; null where it does. */
  readonly notReady: PostgresStore['notReady']
  /** Checks stored requests against their histories; null where nothing is stored. */
  readonly check: PostgresStore['check'] | null
  readonly close: () => Promise<void>
}

/** How often a worker looks after jobs whose worker is gone: a few times in a lease. */
const supervisionsInLease = 4

/**
 * Opens the store that the configuration names.
 *
 * @param clock of this process, held against the database's; null where a test moves it.
 */
export const openStore = async (
  config: Config,
  role: Role,
  log: Logger,
  clock: Clock | null = systemClock,
): Promise<E.Either<BadConfig, OpenStore>> => {
  if (config.databaseUrl === null || config.historyKeys === null) return E.right(openMemory(config))
  let unseenFor: WorkerUnseenFor | null = null
  return pipe(
    await openPostgresStore({
      url: config.databaseUrl,
      passwordFile: config.databasePasswordFile,
      connections: config.databaseConnections,
      applicationName: `lethe ${role}`,
      digest: sha256Digest,
      seals: historySeals(config.historyKeys),
      tenants: config.tenants,
      heldPerTenant: config.tenantConcurrency,
      supervise: worksIn(role),
      superviseSeconds: Math.max(1, Math.floor(config.leaseSeconds / supervisionsInLease)),
      onUnreadable: ({ tenantId, id: requestId, reason }) => {
        log.error({ tenantId, requestId, reason }, 'history unreadable')
      },
      clock,
      onClock: aheadSeconds => {
        log.error(
          { aheadSeconds },
          'nothing is recorded: the clock of this process is not that of the database',
        )
      },
      onMalformedJob: () => {
        log.error('a job that cannot be read was taken out of the queue')
      },
      onJobsLeft: tenantId => {
        if (unseenFor !== null) void warnOfJobsLeft(unseenFor, tenantId, log)
      },
      onDefect: error => {
        log.error(traceOf(error), 'unexpected error of the database')
      },
      onProblem: ({ code, operation }) => {
        log.warn({ code, operation }, 'database unavailable')
      },
    }),
    E.bimap(
      unfit => ({ _tag: 'BadConfig', mistakes: [mistakeOf(unfit)] }),
      store => {
        unseenFor = workerUnseenFor(store)
        return { ...store, ports: store }
      },
    ),
  )
}

/** Jobs of a tenant that another worker serves are its affair. */
const warnOfJobsLeft = async (unseenFor: WorkerUnseenFor, tenantId: TenantId, log: Logger): Promise<void> => {
  try {
    const unseen = await unseenFor({ tenantId })()
    if (E.isRight(unseen) && (unseen.right === null || unseen.right > workerUnseenSeconds))
      log.warn({ tenantId }, 'removals wait: no worker has their tenant in LETHE_TENANTS')
  } catch (error) {
    log.error({ ...traceOf(error), tenantId }, 'jobs left')
  }
}

const openMemory = ({ leaseSeconds, tenantConcurrency }: Config): OpenStore => ({
  ports: inMemoryStore({
    digest: sha256Digest,
    clock: systemClock,
    leaseSeconds,
    heldPerTenant: tenantConcurrency,
  }),
  leaseSeconds,
  notReady: async () => null,
  check: null,
  close: async () => undefined,
})

const mistakeOf = (unfit: DatabaseUnfit): string => {
  switch (unfit._tag) {
    case 'Unreachable':
      return `LETHE_DATABASE_URL: expected a database that can be reached, and lets this role in (${unfit.code})`
    case 'NoPassword':
      return `LETHE_DATABASE_PASSWORD_FILE: expected a file that can be read and holds the password (${unfit.code})`
    case 'NotMigrated':
      return 'LETHE_DATABASE_URL: expected a database that `lethe-api migrate` of this version was run on'
    case 'TooPowerful':
      return 'LETHE_DATABASE_URL: expected a role that owns nothing (a member of lethe_app), for row-level security to hold'
  }
}
