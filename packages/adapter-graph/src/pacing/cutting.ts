import { slopeOf } from './growing.js'
import { afterCut } from './noise.js'
import type { PaceRecord } from './pace-record.js'

/**
 * The lowest rate that a cut goes down to, in calls a second: a tenth of what Graph's identity service permits. A server that permits
 * less says so with each 429, and is obeyed; one whose 429s have nothing to do with the rate must not bring everything to a halt.
 */
export const leastRate = 2
/** How far below the ceiling the rate starts anew, as a part of it: the first time, when the ceiling is a guess, and later. */
const firstDepth = 0.1
const leastDepth = 0.02
const doubtOfDepth = 0.3
/** How many times longer than the stop that it cost the rate takes to be back at the ceiling: first, in doubt, and when sure. */
const plateaus = { first: 8, inDoubt: 30, sure: 60 }
const inDoubtFrom = 0.02
const leastPlateauSeconds = { first: 2, later: 5 }
const mostPlateauSeconds = 120

/**
 * Cuts the rate after a 429 that begins an event.
 *
 * The first ceiling is what was accepted in the last moments. A later one is the rate at which the 429 came, less what it owes to
 * two things: to calls that the server let pile up during the last stop, and to growth between the moment at which the
 * rate passed the permitted one and the 429.
 *
 * @param stopSeconds for how long nothing is sent now: the dearer a cut, the later the next one.
 */
export const cut = (pace: PaceRecord, stopSeconds: number): PaceRecord => {
  const ceiling = Math.max(
    pace.ceiling === 0 ? Math.min(pace.rate, pace.accepted) : permitted(pace),
    leastRate,
  )
  const doubt = doubtOf(pace)
  const first = pace.ceiling === 0
  const depth = first ? firstDepth : Math.max(doubt * doubtOfDepth, leastDepth)
  const times = first ? plateaus.first : doubt > inDoubtFrom ? plateaus.inDoubt : plateaus.sure
  const least = first ? leastPlateauSeconds.first : leastPlateauSeconds.later
  const rate = Math.max(ceiling * (1 - depth), leastRate)
  return {
    ...afterCut(pace, ceiling, leastRate),
    rate,
    ceiling,
    depth,
    plateauSeconds: Math.min(Math.max(stopSeconds * times, least), mostPlateauSeconds),
    usedSeconds: 0,
    stopSeconds,
    slackSeconds: first ? pace.slackSeconds : slackAfter(pace),
    accepted: rate,
    strikes: pace.strikes + 1,
  }
}

/** Seconds' worth of calls that piled up during the last stop. */
const piledUp = ({ slackSeconds, stopSeconds }: PaceRecord): number => Math.min(slackSeconds, stopSeconds)

/** Which part of the calls since the last stop may be owed to it. */
const doubtOf = (pace: PaceRecord): number =>
  Math.min(piledUp(pace) / Math.max(pace.usedSeconds + piledUp(pace), 0.001), 0.5)

const permitted = (pace: PaceRecord): number => {
  const overshoot = Math.sqrt(2 * piledUp(pace) * pace.rate * slopeOf(pace))
  return Math.min(pace.rate * (1 - doubtOf(pace)), Math.max(pace.rate - overshoot, pace.rate * 0.7))
}

/** Soon after the last cut it was too small: more piles up than was thought. */
const slackAfter = ({ slackSeconds, usedSeconds }: PaceRecord): number => {
  if (usedSeconds < 5) return Math.min(slackSeconds * 2, 0.3)
  return usedSeconds > 15 ? Math.max(slackSeconds / 2, 0.1) : slackSeconds
}
