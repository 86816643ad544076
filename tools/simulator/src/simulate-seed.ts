import { type Alterations, unaltered } from './alterations.js'
import { checkEnd } from './end-checks.js'
import { playFair } from './fair-play.js'
import { guarded } from './guarded.js'
import type { Violation } from './invariants.js'
import { storm } from './storm.js'
import type { Counts } from './tally.js'
import { createWorld } from './world.js'

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number
  /** The first invariant that did not hold; null where all did. */
  readonly violation: Violation | null
  readonly counts: Counts
  /** What happened, a line for each step; empty where nobody asked for it. */
  readonly lines: ReadonlyArray<string>
}

/** Simulates one seed, from the first submission until everything has come to rest. */
export const simulateSeed = async (
  seed: number,
  alterations: Alterations = unaltered,
  traced = false,
): Promise<SeedResult> => {
  const world = createWorld(seed, alterations, traced)
  const { stage, known } = world
  await storm(world)
  await playFair(world)
  if (stage.violation() === null) await guarded(stage, async () => checkEnd(world))
  for (const { id, request } of known.all()) {
    const end = request.state === 'completed' ? request.outcome : request.state
    stage.tally.count('ends', known.isUnreadable(id) ? 'unreadable' : end)
  }
  return { seed, violation: stage.violation(), counts: stage.tally.counts(), lines: stage.lines() }
}
