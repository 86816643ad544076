import {
  failDeadRemoval,
  countOverdue,
  countUnreadable,
  expireRemovals,
  type HeldJob,
  type Jobs,
  resumeRemovals,
} from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Backstage } from './backstage.js'
import { guarded } from './guarded.js'
import { performHeld } from './perform-held.js'
import { queuePorts } from './queue-ports.js'
import type { Process } from './scheduler.js'
import { createSleeper, type Sleeper } from './sleeper.js'
import { newStrand, type Strand } from './strand.js'
import { storePorts } from './store-ports.js'

/** How a worker goes about its work; times in milliseconds. */
export interface Habits {
  readonly concurrency: number
  readonly idle: number
  readonly sweep: number
  readonly dead: number
  readonly renew: number
  /** How many requests one look ends, or makes jobs for, at most. */
  readonly limit: number
}

export interface Worker {
  /** Looks for work at once. */
  readonly wake: () => void
  /** Takes no more work, and finishes what it holds. */
  readonly stop: () => void
}

/**
 * Starts the loops of a worker, as the API has them: jobs, sweeps, jobs that are dead, and the renewal of what it
 * holds.
 */
export const startWorker = (backstage: Backstage, process: Process, habits: Habits): Worker => {
  const { stage, deliveries } = backstage
  const sleepers = {
    jobs: createSleeper(stage, process),
    sweeps: createSleeper(stage, process),
    dead: createSleeper(stage, process),
    renewals: createSleeper(stage, process),
  }
  const inFlight = new Map<string, HeldJob>()
  let stopping = false

  const strandOf = (what: string): Strand => newStrand(process, what)
  const { clock } = process

  const takeJobs = async (jobs: Jobs): Promise<number> => {
    const room = habits.concurrency - inFlight.size
    if (room <= 0) return habits.idle
    const received = await jobs.receive(room)()
    if (E.isLeft(received)) return received.left.retryAfterSeconds * 1000
    for (const held of received.right) {
      inFlight.set(held.receipt, held)
      if (deliveries.begin(process, held))
        stage.tally.fault(held.receipt.startsWith('again') ? 'job at two workers' : 'lease ran out at work')
      void guarded(stage, async () => performHeld(backstage, strandOf(`job ${held.receipt}`), held)).finally(
        () => {
          inFlight.delete(held.receipt)
          deliveries.end(process, held)
          sleepers.jobs.wake()
        },
      )
    }
    return received.right.length === 0 ? habits.idle : 0
  }

  /** @returns whether there may be more to do. */
  const sweepTenant = async (tenantId: TenantId, strand: Strand): Promise<boolean> => {
    const deps = { ...storePorts(backstage, strand), clock }
    const { limit } = habits
    const expired = await expireRemovals(deps)({ tenantId, limit })()
    const resumed = await resumeRemovals(deps)({ tenantId, limit })()
    await countOverdue(deps)({ tenantId })()
    await countUnreadable(deps)({ tenantId })()
    return (
      (E.isRight(expired) && expired.right.expired === limit) ||
      (E.isRight(resumed) && resumed.right === limit)
    )
  }

  const sweep = async (): Promise<number> => {
    let isMore = false
    for (const { id, label } of backstage.tenants)
      isMore = (await sweepTenant(id, strandOf(`sweep of ${label}`))) || isMore
    return isMore ? 0 : habits.sweep
  }

  const endDead = async (strand: Strand): Promise<number> => {
    const jobs = queuePorts(backstage, strand)
    const dead = await jobs.receiveDead(habits.limit)()
    if (E.isLeft(dead)) return dead.left.retryAfterSeconds * 1000
    for (const { job, receipt } of dead.right) {
      const ended = await failDeadRemoval({ ...storePorts(backstage, strand), clock })({ job })()
      await (E.isRight(ended) ? jobs.complete(receipt) : jobs.fail(receipt))()
    }
    return dead.right.length === habits.limit ? 0 : habits.dead
  }

  const renew = async (jobs: Jobs): Promise<number> => {
    if (inFlight.size > 0) await jobs.renew([...inFlight.keys()])()
    return habits.renew
  }

  const repeatedly = (
    sleeper: Sleeper,
    firstAfter: number,
    turn: () => Promise<number>,
    isOver: () => boolean,
  ): void => {
    void guarded(stage, async () => {
      await sleeper.sleep(firstAfter)
      while (!isOver()) await sleeper.sleep(await turn())
    })
  }

  const isStopping = (): boolean => stopping
  const jobsOfLoop = queuePorts(backstage, strandOf('jobs'))
  const jobsOfRenewal = queuePorts(backstage, strandOf('renewal'))
  repeatedly(sleepers.jobs, 0, async () => takeJobs(jobsOfLoop), isStopping)
  repeatedly(sleepers.sweeps, stage.random.below(habits.sweep), sweep, isStopping)
  repeatedly(
    sleepers.dead,
    stage.random.below(habits.dead),
    async () => endDead(strandOf('dead')),
    isStopping,
  )
  // What is still held while the worker stops is renewed as well.
  repeatedly(
    sleepers.renewals,
    habits.renew,
    async () => renew(jobsOfRenewal),
    () => stopping && inFlight.size === 0,
  )
  return {
    wake: sleepers.jobs.wake,
    stop: () => {
      stopping = true
      for (const sleeper of Object.values(sleepers)) sleeper.wake()
    },
  }
}
