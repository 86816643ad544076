import type { HolderName, RemovalRequestId } from '@lethe/domain'
import type { Process } from './scheduler.js'

/** The versions that a request had when it was last loaded, and when it was last loaded or changed. */
export interface SeenVersion {
  readonly loaded: number
  readonly latest: number
  /** Whether it was tampered with by the time that it was last loaded, or that its person was last looked up. */
  readonly tampered: boolean
}

/** A row of steps of one process, one after the other: somebody's act, a job, a loop of a worker. */
export interface Strand {
  readonly name: string
  readonly process: Process
  /** The versions of requests that this strand knows. */
  readonly seen: Map<RemovalRequestId, SeenVersion>
  /** The holders that it has asked to remove since it last loaded or changed a request. */
  readonly asked: Set<HolderName>
}

export const newStrand = (process: Process, what: string): Strand => ({
  name: `${process.name}, ${what}`,
  process,
  seen: new Map(),
  asked: new Set(),
})
