import type { HeldJob } from '@lethe/application'
import type { Job } from '@lethe/domain'
import type { Random } from './random.js'
import type { Process } from './scheduler.js'

/** What deliveries there were over all workers, and who is at work on what. */
export interface Deliveries {
  readonly remember: (job: Job) => void
  /** How many there were of jobs of such requests. */
  readonly count: (of: (id: Job['requestId']) => boolean) => number
  readonly lose: () => void
  /** Whether the queue has lost a job. */
  readonly isLossy: () => boolean
  readonly rememberDead: (job: Job) => void
  /** Whether that job was ever delivered as a dead one. */
  readonly isDead: (job: Job) => boolean
  /** A job that was delivered before, under a receipt that the queue does not know any more; null where none was. */
  readonly again: () => HeldJob | null
  /** One of these jobs, whether it is due or not, and under such a receipt as well; null where there is none. */
  readonly early: (waiting: ReadonlyArray<Job>) => HeldJob | null
  /** @returns whether somebody else was already at work on it. */
  readonly begin: (process: Process, held: HeldJob) => boolean
  readonly end: (process: Process, held: HeldJob) => void
  /** A process that died is at work on nothing. */
  readonly forget: (process: Process) => void
}

export const createDeliveries = (random: Random): Deliveries => {
  const jobs: Array<Job> = []
  const dead: Array<Job> = []
  let repeated = 0
  let lossy = false
  let atWork: ReadonlyArray<{ readonly process: Process; readonly held: HeldJob }> = []

  const deliver = (from: ReadonlyArray<Job>): HeldJob | null => {
    if (from.length === 0) return null
    repeated += 1
    return { job: random.pick(from), receipt: `again/${repeated}`, deliveries: 2 }
  }

  return {
    remember: job => {
      jobs.push(job)
    },
    count: of => jobs.filter(({ requestId }) => of(requestId)).length,
    lose: () => {
      lossy = true
    },
    isLossy: () => lossy,
    rememberDead: job => {
      jobs.push(job)
      dead.push(job)
    },
    isDead: job => dead.some(other => isSameJob(job, other)),
    // The latest ones are those that somebody may still be at work on.
    again: () => deliver(jobs.slice(-3)),
    early: deliver,
    begin: (process, held) => {
      const shared = atWork.some(({ held: { job } }) => isSameJob(job, held.job))
      atWork = [...atWork, { process, held }]
      return shared
    },
    end: (process, held) => {
      atWork = atWork.filter(work => work.process !== process || work.held.receipt !== held.receipt)
    },
    forget: process => {
      atWork = atWork.filter(work => work.process !== process)
    },
  }
}

const isSameJob = (one: Job, other: Job): boolean =>
  one.requestId === other.requestId && one.causedBy === other.causedBy
