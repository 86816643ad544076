import type { AbandonRemoval, Clock, ExpireRemovals, HeldJob, Jobs, PerformRemoval } from '@lethe/application'
import { addSeconds, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { setImmediate as immediate } from 'node:timers/promises'
import type { Logger } from 'pino'
import { traceOf } from './log.js'

export interface WorkerDeps {
  readonly jobs: Jobs
  readonly performRemoval: PerformRemoval
  readonly abandonRemoval: AbandonRemoval
  readonly expireRemovals: ExpireRemovals
  readonly tenants: ReadonlyArray<TenantId>
  readonly clock: Clock
  readonly log: Logger
}

export interface Worker {
  /** Looks for work at once instead of at the next turn. */
  readonly wake: () => void
  /** Takes no more work. Resolves when what it holds is done. */
  readonly stop: () => Promise<void>
}

/** How many jobs a worker holds at once. */
const concurrency = 8
/** How long it waits for work, in milliseconds. */
const idleMilliseconds = 500
/** How often it looks for requests that expire, in milliseconds. */
const sweepMilliseconds = 60_000
/** How many requests one look ends at most. */
const sweepLimit = 100
/** After so many deliveries of one job the request fails, instead of staying open in silence. */
const mostDeliveries = 20
const longestDelaySeconds = 600

/** Starts to take jobs from the queue and to do them, and to look for requests that expire. */
export const startWorker = (deps: WorkerDeps): Worker => {
  const stopping = new AbortController()
  const jobs = createSleeper()
  const sweeps = createSleeper()
  const inFlight = new Set<Promise<void>>()
  const running = Promise.all([
    repeatedly(deps, stopping.signal, jobs, () => takeJobs(deps, inFlight, jobs.wake)),
    repeatedly(deps, stopping.signal, sweeps, () => sweep(deps)),
  ])
  return {
    wake: jobs.wake,
    stop: async () => {
      stopping.abort()
      jobs.wake()
      sweeps.wake()
      await running
      await Promise.all(inFlight)
    },
  }
}

/** Takes turns until it is told to stop. An exception is a bug: it is logged, and does not end the worker. */
const repeatedly = async (
  { log }: WorkerDeps,
  stopping: AbortSignal,
  sleeper: Sleeper,
  turn: () => Promise<number>,
): Promise<void> => {
  while (!stopping.aborted) {
    try {
      await sleeper.sleep(await turn())
    } catch (error) {
      log.error(traceOf(error), 'worker turn failed')
      await sleeper.sleep(idleMilliseconds)
    }
  }
}

/**
 * Takes as many jobs as there is room for, and does not wait for them: a slow one keeps nobody else waiting.
 *
 * @param wake ends the wait for the next turn, as soon as there is room again.
 * @returns how long to wait before the next turn, in milliseconds.
 */
const takeJobs = async (
  deps: WorkerDeps,
  inFlight: Set<Promise<void>>,
  wake: () => void,
): Promise<number> => {
  const room = concurrency - inFlight.size
  if (room === 0) return idleMilliseconds
  const received = await deps.jobs.receive(room)()
  if (E.isLeft(received)) return received.left.retryAfterSeconds * 1000
  for (const held of received.right) {
    const work = performGuarded(deps, held)
      .catch((error: unknown) => {
        deps.log.error(traceOf(error), 'job left to the end of its lease')
      })
      .finally(() => {
        inFlight.delete(work)
        wake()
      })
    inFlight.add(work)
  }
  return received.right.length === 0 ? idleMilliseconds : 0
}

/** @returns how long to wait before the next sweep, in milliseconds. */
const sweep = async ({ tenants, expireRemovals, log }: WorkerDeps): Promise<number> => {
  const ended = await Promise.all(tenants.map(tenantId => expireRemovals({ tenantId, limit: sweepLimit })()))
  const unavailable = ended.flatMap(count => (E.isLeft(count) ? [count.left.retryAfterSeconds] : []))
  if (unavailable.length > 0) {
    log.warn({ tenants: unavailable.length }, 'expiry sweep postponed: unavailable')
    return Math.max(...unavailable) * 1000
  }
  return ended.some(count => E.isRight(count) && count.right === sweepLimit) ? 0 : sweepMilliseconds
}

/** An exception is a bug: the job is delivered again later, and given up in the end. */
const performGuarded = async (deps: WorkerDeps, held: HeldJob): Promise<void> => {
  try {
    await performHeld(deps, held)
  } catch (error) {
    deps.log.error({ ...traceOf(error), job: held.job.name, deliveries: held.deliveries }, 'job failed')
    await deps.jobs.postpone(held.receipt, retryAt(deps.clock, held, 1))()
  }
}

const performHeld = async (deps: WorkerDeps, held: HeldJob): Promise<void> => {
  if (held.deliveries > mostDeliveries) {
    const abandoned = await deps.abandonRemoval({ job: held.job })()
    if (E.isRight(abandoned)) await deps.jobs.complete(held.receipt)()
    return
  }
  const performed = await deps.performRemoval({ job: held.job })()
  if (E.isLeft(performed)) {
    deps.log.warn({ job: held.job.name, deliveries: held.deliveries }, 'job postponed: unavailable')
    await deps.jobs.postpone(held.receipt, retryAt(deps.clock, held, performed.left.retryAfterSeconds))()
    return
  }
  switch (performed.right.kind) {
    case 'finished':
      await deps.jobs.complete(held.receipt)()
      return
    case 'postponed':
      await deps.jobs.postpone(held.receipt, performed.right.until)()
  }
}

const retryAt = (clock: Clock, held: HeldJob, atLeastSeconds: number) =>
  addSeconds(clock.now(), Math.max(atLeastSeconds, Math.min(longestDelaySeconds, 2 ** (held.deliveries - 1))))

interface Sleeper {
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly wake: () => void
}

/** Sleeps until the time is over or it is woken; a wake while it is awake ends the next sleep. */
const createSleeper = (): Sleeper => {
  let wakeUp: (() => void) | null = null
  let woken = false
  return {
    sleep: async (milliseconds: number): Promise<void> => {
      if (!woken)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, milliseconds)
          wakeUp = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      // Without this, a long row of turns that never wait would keep everything else in the process waiting.
      else await immediate()
      woken = false
      wakeUp = null
    },
    wake: (): void => {
      woken = true
      wakeUp?.()
    },
  }
}
