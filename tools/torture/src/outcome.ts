import type { Seen } from './checks/seen.js'
import type { Violation } from './checks/violation.js'
import type { Tally } from './assault/assault.js'

/** What came of a run. */
export interface Outcome {
  readonly kills: number
  readonly tally: Tally
  readonly disturbances: ReadonlyMap<string, number>
  readonly restarts: number
  /** Processes that could not start because the database went away meanwhile. */
  readonly failedStarts: number
  readonly calls: { readonly made: number; readonly unanswered: number; readonly unavailable: number }
  /** What was seen last; null where it did not come so far. */
  readonly seen: Seen | null
  readonly looks: number
  readonly violations: ReadonlyArray<Violation>
  readonly elapsedSeconds: number
}
