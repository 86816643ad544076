import { simulateSeed } from './simulate-seed.js'
import { type Counts, sumOf } from './tally.js'

/** What came of a row of seeds. */
export interface RangeResult {
  /** How many seeds were simulated. */
  readonly seeds: number
  /** The lowest seed with a violation; null where there was none. */
  readonly failed: number | null
  readonly counts: Counts
}

/** Simulates one seed after the other, up to the first one with a violation. */
export const simulateRange = async (
  from: number,
  seeds: number,
  simulate: typeof simulateSeed = simulateSeed,
): Promise<RangeResult> => {
  let counts: Counts = {}
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = await simulate(seed)
    counts = sumOf(counts, result.counts)
    if (result.violation !== null) return { seeds: seed - from + 1, failed: seed, counts }
  }
  return { seeds, failed: null, counts }
}
