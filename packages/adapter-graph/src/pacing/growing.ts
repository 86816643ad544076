import type { PaceRecord } from './pace-record.js'

/** The highest rate that is ever tried, in calls a second. */
export const mostRate = 2000
/** By which factor the rate grows in a second until the first 429. */
const slowStart = 3
/** The same, where 429s come whatever the rate: a ceiling tells nothing then. */
const inNoise = 1.1

/**
 * Lets the rate grow over a while in which every turn was taken: otherwise nothing was learned. At first it grows threefold each
 * second. After a cut it follows a cubic curve around the ceiling (as RFC 9438 does): flat near it, steep far from it.
 *
 * @param seconds since the rate last grew.
 */
export const grown = (pace: PaceRecord, seconds: number): PaceRecord => {
  const usedSeconds = pace.usedSeconds + seconds
  const wanted =
    pace.ceiling === 0 || pace.noise > 0
      ? pace.rate * (pace.noise > 0 ? inNoise : slowStart) ** seconds
      : pace.ceiling * (1 + pace.depth * (usedSeconds / pace.plateauSeconds - 1) ** 3)
  // Never far past what is really answered.
  const proven = Math.max(pace.rate, 2 * pace.accepted)
  return { ...pace, usedSeconds, rate: Math.min(Math.max(wanted, pace.rate), proven, mostRate) }
}

/** By how much the rate grows in a second after a cut, in calls a second. */
export const slopeOf = ({ ceiling, depth, usedSeconds, plateauSeconds }: PaceRecord): number =>
  (3 * ceiling * depth * (usedSeconds / plateauSeconds - 1) ** 2) / plateauSeconds
