import type { Instant, Job } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from './problems.js'

/** A job that a worker holds for a while. When the while is over and it said nothing, another worker gets the job. */
export interface HeldJob {
  readonly job: Job
  /** Names this delivery. */
  readonly receipt: string
  /** How often the job was delivered, this time included: more than once after a crash, or a failure. */
  readonly deliveries: number
}

/** The queue as the worker sees it. Each job is delivered at least once; what it does must bear repetition. */
export interface Jobs {
  /** Takes jobs that are due, the longest due first. */
  readonly receive: (limit: number) => TaskEither<Unavailable, ReadonlyArray<HeldJob>>
  /** The job is done, or no longer needed. A receipt that has run out is ignored. */
  readonly complete: (receipt: string) => TaskEither<Unavailable, void>
  /** The job is to be delivered again, not before that moment. A receipt that has run out is ignored. */
  readonly postpone: (receipt: string, until: Instant) => TaskEither<Unavailable, void>
}
