import type {
  FailDeadRemoval,
  HeldJob,
  Jobs,
  PerformRemoval,
  ReportWorker,
  Unavailable,
} from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { setImmediate as immediate, setTimeout as gathering } from 'node:timers/promises'
import { traceOf } from './log.js'
import { sweep, type SweepDeps } from './sweep.js'

export interface WorkerDeps extends SweepDeps {
  readonly jobs: Jobs
  readonly performRemoval: PerformRemoval
  readonly failDeadRemoval: FailDeadRemoval
  readonly reportWorker: ReportWorker
  /** How many jobs it holds at once, 1 or more. */
  readonly concurrency: number
  /** How often it renews what it holds: well within a lease, in milliseconds. */
  readonly renewMilliseconds: number
}

export interface Worker {
  /** Looks for work at once instead of at the next turn. */
  readonly wake: () => void
  /** Whether it looked for work in the last half minute, as it does four times a second. */
  readonly isWorking: () => boolean
  /** Takes no more work. Resolves when what it holds is done. */
  readonly stop: () => Promise<void>
}

/** How long it waits for work, in milliseconds. */
const idleMilliseconds = 250
/** How long it waits for more room while it has little, in milliseconds. */
const gatherMilliseconds = 5
/** How often it looks for dead jobs, in milliseconds. */
const deadMilliseconds = 10_000
/** How many requests one look ends at most. */
const deadLimit = 100
/** How often it says that it is there, in milliseconds: a few times before it counts as gone. */
const reportMilliseconds = 15_000
/** A worker that has not looked for work for so long does not work, in milliseconds. */
const stuckMilliseconds = 30_000

/** Starts to take jobs from the queue and to do them, and to look for requests that expire and jobs that are dead. */
export const startWorker = (deps: WorkerDeps): Worker => {
  const stopping = new AbortController()
  const sleepers = {
    jobs: createSleeper(),
    sweeps: createSleeper(),
    dead: createSleeper(),
    reports: createSleeper(),
  }
  const inFlight = new Map<string, Promise<void>>()
  let lookedAt = performance.now()
  const isWorking = (): boolean => performance.now() - lookedAt < stuckMilliseconds
  const lookForWork = async (): Promise<number> => {
    const milliseconds = await takeJobs(deps, inFlight, sleepers.jobs.wake)
    lookedAt = performance.now()
    return milliseconds
  }
  const running = Promise.all([
    repeatedly(deps, stopping.signal, sleepers.jobs, lookForWork),
    repeatedly(deps, stopping.signal, sleepers.sweeps, () => sweep(deps)),
    repeatedly(deps, stopping.signal, sleepers.dead, () => endDead(deps)),
    repeatedly(deps, stopping.signal, sleepers.reports, () => report(deps, isWorking())),
  ])
  // Not a turn of its own kind: what is still held while the worker stops is renewed as well.
  const renewal = setInterval(() => {
    void renew(deps, [...inFlight.keys()])
  }, deps.renewMilliseconds)
  return {
    wake: sleepers.jobs.wake,
    isWorking,
    stop: async () => {
      stopping.abort()
      for (const sleeper of Object.values(sleepers)) sleeper.wake()
      await running
      await Promise.all(inFlight.values())
      clearInterval(renewal)
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
  inFlight: Map<string, Promise<void>>,
  wake: () => void,
): Promise<number> => {
  // What was begun together mostly ends together: a moment's wait saves a look for each.
  if (inFlight.size > 0) await gathering(gatherMilliseconds)
  const room = deps.concurrency - inFlight.size
  if (room === 0) return idleMilliseconds
  const received = await deps.jobs.receive(room)()
  if (E.isLeft(received)) return waited(deps, 'receive', received.left)
  for (const held of received.right) {
    const work = performGuarded(deps, held)
      .catch((error: unknown) => {
        deps.log.error({ ...traceOf(error), ...nameOf(held) }, 'job left to the end of its lease')
      })
      .finally(() => {
        inFlight.delete(held.receipt)
        wake()
      })
    inFlight.set(held.receipt, work)
  }
  // Fewer than there was room for were all that may be taken now: to look again would pass over all that may not.
  return received.right.length < room ? idleMilliseconds : 0
}

/** Says which job it is, and of whom: nothing about a person. */
const nameOf = ({ job: { name: job, tenantId, requestId }, deliveries }: HeldJob) => ({
  job,
  tenantId,
  requestId,
  deliveries,
})

/** @returns how long to wait, in milliseconds. */
const waited = (
  { log }: WorkerDeps,
  operation: 'receive' | 'receiveDead' | 'reportWorker',
  { retryAfterSeconds }: Unavailable,
): number => {
  log.warn({ operation }, 'worker waits: unavailable')
  return retryAfterSeconds * 1000
}

/** Says of every tenant that a worker serves it, as long as this one works. @returns how long to wait, in milliseconds. */
const report = async (deps: WorkerDeps, works: boolean): Promise<number> => {
  if (!works) return reportMilliseconds
  for (const tenantId of deps.tenants) {
    const reported = await deps.reportWorker({ tenantId })()
    if (E.isLeft(reported)) return waited(deps, 'reportWorker', reported.left)
  }
  return reportMilliseconds
}

/** A renewal that fails is made up for by the next one; if none succeeds, another worker gets the jobs. */
const renew = async ({ jobs, log }: WorkerDeps, receipts: ReadonlyArray<string>): Promise<void> => {
  if (receipts.length === 0) return
  try {
    const renewed = await jobs.renew(receipts)()
    if (E.isLeft(renewed)) log.warn({ jobs: receipts.length }, 'jobs not renewed: unavailable')
  } catch (error) {
    log.error(traceOf(error), 'jobs not renewed')
  }
}

/**
 * Ends the requests whose job was delivered as often as it may be, so that none ends in silence.
 *
 * @returns how long to wait before the next look, in milliseconds.
 */
const endDead = async (deps: WorkerDeps): Promise<number> => {
  const { jobs, failDeadRemoval, log } = deps
  const dead = await jobs.receiveDead(deadLimit)()
  if (E.isLeft(dead)) return waited(deps, 'receiveDead', dead.left)
  for (const held of dead.right) {
    const { job, receipt } = held
    const whose = { tenantId: job.tenantId, requestId: job.requestId }
    try {
      const ended = await failDeadRemoval({ job })()
      if (E.isRight(ended)) {
        log.error(whose, ended.right === 'unreadable' ? 'history unreadable' : 'removal failed: workerFailed')
        await settle(deps, held, 'complete', jobs.complete(receipt))
      } else {
        log.warn({ ...whose, reason: ended.left._tag }, 'removal not ended yet')
        await settle(deps, held, 'fail', jobs.fail(receipt))
      }
    } catch (error) {
      // One request that is a bug keeps no other from its end.
      log.error({ ...traceOf(error), ...whose }, 'removal not ended')
    }
  }
  return dead.right.length === deadLimit ? 0 : deadMilliseconds
}

/** What cannot be settled now is delivered again when the lease is over. */
const settle = async (
  { log }: WorkerDeps,
  held: HeldJob,
  operation: 'complete' | 'fail' | 'postpone',
  settling: TaskEither<Unavailable, void>,
): Promise<void> => {
  const settled = await settling()
  if (E.isLeft(settled))
    log.warn({ ...nameOf(held), operation }, 'job left to the end of its lease: unavailable')
}

/** An exception is a bug: the job is delivered again later, and given up in the end. */
const performGuarded = async (deps: WorkerDeps, held: HeldJob): Promise<void> => {
  try {
    await performHeld(deps, held)
  } catch (error) {
    deps.log.error({ ...traceOf(error), ...nameOf(held) }, 'job failed')
    await settle(deps, held, 'fail', deps.jobs.fail(held.receipt))
  }
}

const performHeld = async (deps: WorkerDeps, held: HeldJob): Promise<void> => {
  const { jobs, performRemoval, log } = deps
  const performed = await performRemoval({ job: held.job })()
  if (E.isLeft(performed)) {
    log.warn(nameOf(held), 'job put off: unavailable')
    await settle(deps, held, 'fail', jobs.fail(held.receipt))
    return
  }
  const whose = { tenantId: held.job.tenantId, requestId: held.job.requestId }
  switch (performed.right.kind) {
    case 'finished':
      break
    case 'unreadable':
      log.error({ ...whose, reason: performed.right.reason }, 'history unreadable')
      break
    case 'subjectDiffers':
      log.error(whose, 'removal failed: subjectDiffers')
      break
    case 'postponed':
      return settle(deps, held, 'postpone', jobs.postpone(held.receipt, performed.right.until))
  }
  await settle(deps, held, 'complete', jobs.complete(held.receipt))
}

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
