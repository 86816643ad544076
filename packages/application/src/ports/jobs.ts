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

/**
 * The queue as the worker sees it. Each job is delivered at least once; what it does must bear repetition. A receipt that
 * has run out is ignored by every method.
 */
export interface Jobs {
  /**
   * Takes jobs that are due, those first that were called for first. Of one tenant no more are held at a time than the
   * adapter was told, so that a large tenant keeps no other waiting.
   */
  readonly receive: (limit: number) => TaskEither<Unavailable, ReadonlyArray<HeldJob>>
  /** Holds jobs for another while, from now on. */
  readonly renew: (receipts: ReadonlyArray<string>) => TaskEither<Unavailable, void>
  /** The job is done, or no longer needed. */
  readonly complete: (receipt: string) => TaskEither<Unavailable, void>
  /** The job came too early: it is to be delivered anew, not before that moment. */
  readonly postpone: (receipt: string, until: Instant) => TaskEither<Unavailable, void>
  /**
   * The job could not be done. It is delivered again after a delay that grows with each delivery; after as many as the
   * adapter was told, never again: it is dead.
   */
  readonly fail: (receipt: string) => TaskEither<Unavailable, void>
  /** Takes dead jobs, so that their requests can be ended. They are held, renewed, completed and failed like any other. */
  readonly receiveDead: (limit: number) => TaskEither<Unavailable, ReadonlyArray<HeldJob>>
}
