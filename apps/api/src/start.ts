import { systemClock } from '@lethe/adapter-system'
import type { Logger } from 'pino'
import { compose, type Profiles } from './compose.js'
import type { Config } from './config.js'
import { createApp, type UseCases } from './http/app.js'
import { startServer } from './server.js'
import { startWorker, type Worker } from './worker.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'

export interface RunningApi {
  readonly port: number
  /** Finishes what is in flight, refuses new work, and ends within the configured limit. */
  readonly stop: () => Promise<void>
}

/** Starts the API and its worker in this process. */
export const startApi = async (config: Config, profiles: Profiles, log: Logger): Promise<RunningApi> => {
  const { useCases, authenticate, worker: workerDeps } = compose(config, profiles, log)
  let ready = true
  const worker = startWorker(workerDeps)
  const app = createApp({
    useCases: waking(worker, useCases),
    authenticate,
    contract: config.contract,
    requiredRoles: config.requiredRoles,
    publicUrl: config.publicUrl,
    authority: config.authority,
    clientId: config.clientId,
    clock: systemClock,
    isReady: () => ready,
    log,
  })
  const server = await startServer({
    host: config.host,
    port: config.port,
    fetch: app.fetch,
    clock: systemClock,
  }).catch(async (error: unknown) => {
    await worker.stop()
    throw error
  })
  log.info({ port: server.port, contract: config.contract.name, tenants: config.tenants.length }, 'listening')
  return {
    port: server.port,
    stop: async () => {
      ready = false
      log.info('stopping')
      await Promise.all([server.stop(config.shutdownSeconds), within(config.shutdownSeconds, worker.stop())])
      log.info('stopped')
    },
  }
}

/** A worker in the same process need not wait for its next turn to see the jobs of what was just done. */
const waking = (worker: Worker, useCases: UseCases): UseCases => {
  const wake = () => {
    worker.wake()
  }
  return {
    ...useCases,
    submitRemoval: input =>
      pipe(
        useCases.submitRemoval(input),
        TE.tapIO(() => wake),
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
