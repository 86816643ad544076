import { systemClock } from '@lethe/adapter-system'
import { workerUnseenSeconds } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { setTimeout as waiting } from 'node:timers/promises'
import type { Logger } from 'pino'
import { compose, type Composition } from './compose.js'
import type { Config } from './config.js'
import type { DataPlane } from './data-plane.js'
import { createApp, createProbes, type UseCases } from './http/app.js'
import type { Health, NoWorker } from './http/health-routes.js'
import type { OpenStore } from './open-store.js'
import { type Role, servesIn, worksIn } from './role.js'
import { type RunningServer, startServer } from './server.js'
import { startWorker, type Worker } from './worker.js'

export interface RunningApi {
  /** Where it listens; null in the role of a worker. */
  readonly port: number | null
  /**
   * Is ready no more, and serves for `drainSeconds` what still comes. Then finishes what is in flight, refuses new work, ends within the
   * configured limit, and closes the store. Called again, it waits no longer for what still comes.
   */
  readonly stop: () => Promise<void>
}

/** How long the worker may take to record how the calls ended that were given up. */
const recordingSeconds = 2

/** Starts what a process does in its role. */
export const startApi = async (
  config: Config,
  role: Role,
  store: OpenStore,
  data: DataPlane,
  log: Logger,
): Promise<RunningApi> => {
  const composition = compose(config, store, data, log)
  let ready = true
  const worker = worksIn(role) ? startWorker(composition.worker) : null
  let workerStopped: Promise<void> | null = null
  const stopWorker = async (withinSeconds: number): Promise<void> => {
    if (worker === null) return
    workerStopped ??= worker.stop()
    await within(withinSeconds, workerStopped)
  }
  /** What a call that was given up left behind has to be recorded before the store goes. */
  const closeData = async (): Promise<void> => {
    await data.close?.()
    await stopWorker(recordingSeconds)
  }
  const { countUnreadable, workerUnseenFor } = composition.useCases
  const health: Health = {
    notReady: async () => (ready ? store.notReady() : 'stopping'),
    graph: countedSometimes(async () => (await data.health?.(config.tenants)) ?? null),
    graphOf: async tenantId => (await data.healthOf?.(tenantId)) ?? null,
    unreadable: countedSometimes(() => countAll(config.tenants, countUnreadable)),
    noWorker: countedSometimes(() => withoutWorker(config.tenants, workerUnseenFor)),
  }
  const startServers = async () => {
    const probes = worker === null ? null : await serveProbes(config, worker, health, log)
    try {
      return { probes, server: servesIn(role) ? await serve(config, composition, worker, health, log) : null }
    } catch (error) {
      await probes?.stop(0)
      throw error
    }
  }
  const { probes, server } = await startServers().catch(async (error: unknown) => {
    await stopWorker(config.shutdownSeconds)
    await closeData()
    await store.close()
    throw error
  })
  const port = server?.port ?? null
  if (worker !== null) warnOfUnfairness(config, log)
  log.info(
    {
      role,
      port,
      healthPort: probes?.port ?? null,
      contract: config.contract.name,
      tenants: config.tenants.length,
    },
    port === null ? 'working' : 'listening',
  )
  const hurry = Promise.withResolvers<void>()
  const stop = async (): Promise<void> => {
    ready = false
    if (server !== null && config.drainSeconds > 0) {
      log.info({ seconds: config.drainSeconds }, 'draining')
      server.drain()
      await within(config.drainSeconds, hurry.promise)
    }
    log.info('stopping')
    await Promise.all([server?.stop(config.shutdownSeconds), stopWorker(config.shutdownSeconds)])
    await closeData()
    await probes?.stop(0)
    await store.close()
    log.info('stopped')
  }
  let stopping: Promise<void> | null = null
  return {
    port,
    stop: () => {
      if (stopping !== null) hurry.resolve()
      stopping ??= stop()
      return stopping
    },
  }
}

/** A worker has a port for its probes where it is told one. */
const serveProbes = async (
  { host, workerHealthPort: port }: Config,
  worker: Worker,
  health: Health,
  log: Logger,
): Promise<RunningServer | null> => {
  if (port === null) return null
  const notReady = async () => (await health.notReady()) ?? (worker.isWorking() ? null : 'worker')
  const { fetch } = createProbes({ ...health, notReady }, log)
  return startServer({ host, port, fetch, clock: systemClock })
}

const serve = async (
  config: Config,
  { useCases, authenticate }: Composition,
  worker: Worker | null,
  health: Health,
  log: Logger,
): Promise<RunningServer> => {
  const app = createApp({
    useCases: sparing(worker === null ? useCases : waking(worker, useCases)),
    authenticate,
    contract: config.contract,
    requiredRoles: config.requiredRoles,
    publicUrl: config.publicUrl,
    authority: config.authority,
    clientId: config.clientId,
    signIn: config.signIn,
    clock: systemClock,
    health,
    log,
  })
  return startServer({
    host: config.host,
    port: config.port,
    fetch: app.fetch,
    clock: systemClock,
    timeLimits: { keepAlive: config.keepAliveSeconds * 1000, write: config.writeTimeoutSeconds * 1000 },
  })
}

/** How many requests of all these tenants cannot be read; null where that cannot be found out now. */
const countAll = async (
  tenants: ReadonlyArray<TenantId>,
  countUnreadable: UseCases['countUnreadable'],
): Promise<number | null> => {
  let sum = 0
  for (const tenantId of tenants) {
    const count = await countUnreadable({ tenantId })()
    if (E.isLeft(count)) return null
    sum += count.right
  }
  return sum
}

/** Which of these tenants no worker serves, as far as was seen; null where each has one, or that cannot be found out now. */
const withoutWorker = async (
  tenants: ReadonlyArray<TenantId>,
  workerUnseenFor: UseCases['workerUnseenFor'],
): Promise<NoWorker | null> => {
  const unseen: Array<number | null> = []
  for (const tenantId of tenants) {
    const seconds = await workerUnseenFor({ tenantId })()
    if (E.isLeft(seconds)) return null
    if (seconds.right === null || seconds.right > workerUnseenSeconds) unseen.push(seconds.right)
  }
  if (unseen.length === 0) return null
  const known = unseen.filter(seconds => seconds !== null)
  return { tenants: unseen.length, seconds: known.length < unseen.length ? null : Math.max(...known) }
}

/** A large tenant would fill the worker, and others would wait for one of its removals to end before each of theirs. */
const warnOfUnfairness = ({ tenants, tenantConcurrency, workerConcurrency }: Config, log: Logger): void => {
  if (tenants.length > 1 && tenantConcurrency >= workerConcurrency)
    log.warn(
      { tenantConcurrency, workerConcurrency },
      'one tenant can fill this worker: LETHE_TENANT_CONCURRENCY is not below LETHE_WORKER_CONCURRENCY',
    )
}

/**
 * A probe comes every few seconds from every side: what it asks of the database is asked once in ten seconds, and a database that is
 * busy keeps no probe waiting: what was known before has to do. An exception is a bug, which the sweep logs: it makes nobody unready.
 */
const countedSometimes = <A>(count: () => Promise<A | null>): (() => Promise<A | null>) => {
  let last: { readonly at: number; readonly counted: Promise<A | null> } | null = null
  let known: A | null = null
  const counting = async (): Promise<A | null> => {
    known = await count().catch(() => null)
    return known
  }
  return async () => {
    if (last === null || performance.now() - last.at > countMilliseconds)
      last = { at: performance.now(), counted: counting() }
    const stopWaiting = new AbortController()
    const asKnown = waiting(patienceMilliseconds, undefined, { signal: stopWaiting.signal, ref: false }).then(
      () => known,
      () => known,
    )
    return Promise.race([last.counted, asKnown]).finally(() => stopWaiting.abort())
  }
}

const countMilliseconds = 10_000
const patienceMilliseconds = 500

/**
 * What the status of a tenant counts is counted once in a few seconds for all who ask: each look at a long queue reads all of it. What
 * could not be counted is tried again.
 */
export const sparing = (useCases: UseCases): UseCases => ({
  ...useCases,
  countOverdue: remembered(useCases.countOverdue),
  countUnreadable: remembered(useCases.countUnreadable),
  readBacklog: remembered(useCases.readBacklog),
})

/** For how long a count is good, in milliseconds. */
const statusMilliseconds = 3000

interface OfTenant {
  readonly tenantId: TenantId
}

const remembered = <R, A>(
  count: (input: OfTenant) => TE.TaskEither<R, A>,
): ((input: OfTenant) => TE.TaskEither<R, A>) => {
  const last = new Map<TenantId, { goodUntil: number; readonly counted: Promise<E.Either<R, A>> }>()
  return ({ tenantId }) =>
    async () => {
      const known = last.get(tenantId)
      if (known !== undefined && performance.now() < known.goodUntil) return known.counted
      // Until it is counted, others wait for the same.
      const counting = { goodUntil: Infinity, counted: count({ tenantId })() }
      last.set(tenantId, counting)
      try {
        const counted = await counting.counted
        counting.goodUntil = E.isLeft(counted) ? 0 : performance.now() + statusMilliseconds
        return counted
      } catch (error) {
        last.delete(tenantId)
        throw error
      }
    }
}

/** A worker in the same process need not wait for its next turn to see the jobs of what was just done. */
export const waking = (worker: Pick<Worker, 'wake'>, useCases: UseCases): UseCases => {
  const wake = () => {
    worker.wake()
  }
  return {
    ...useCases,
    submitRemoval: input =>
      pipe(
        useCases.submitRemoval(input),
        // What waits for an approval has no job yet; what failed has one again.
        TE.tapIO(
          ({ request }) =>
            () =>
              'job' in request ? worker.wake() : undefined,
        ),
      ),
    approveRemoval: input =>
      pipe(
        useCases.approveRemoval(input),
        TE.tapIO(() => wake),
      ),
    retryRemoval: input =>
      pipe(
        useCases.retryRemoval(input),
        TE.tapIO(() => wake),
      ),
    approveBatch: input =>
      pipe(
        useCases.approveBatch(input),
        TE.tapIO(() => wake),
      ),
    retryBatch: input =>
      pipe(
        useCases.retryBatch(input),
        TE.tapIO(() => wake),
      ),
  }
}

/** Waits for something, but not longer than that. */
const within = async (seconds: number, done: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const timeIsUp = new Promise<void>(resolve => {
    timer = setTimeout(resolve, seconds * 1000)
  })
  await Promise.race([done, timeIsUp])
  clearTimeout(timer)
}
