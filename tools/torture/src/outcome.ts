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
  /** Why it cannot be said whether everything holds: it was interrupted, or ran out of time. */
  readonly inconclusive: ReadonlyArray<string>
  readonly elapsedSeconds: number
}

/** The exit code of a run: 0 where everything held, 1 where something did not, 3 where that cannot be said. */
export const exitCodeOf = ({
  violations,
  inconclusive,
}: Pick<Outcome, 'violations' | 'inconclusive'>): number =>
  violations.length > 0 ? 1 : inconclusive.length > 0 ? 3 : 0
