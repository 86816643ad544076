import type { PaceRecord } from './pace-record.js'

/** Over how many writes the share of 429s is averaged. */
const memory = 64
/** After so many cuts in a row, each of them to a lower ceiling, it is asked whether cutting helps. */
const manyFalls = 8
/** It does, if it brought 429s below this share of the writes: a rate that follows its limit meets fewer. */
const fewRefused = 0.04
/** So many more than usual are a limit that was passed, after all. */
const moreThanUsual = 0.15
/** So few of what was usual mean that the noise is over. */
const hardlyAny = 0.1

/** Takes in writes that were answered. Once hardly any is answered 429, each 429 counts again. */
export const withAnswered = (pace: PaceRecord, answered: number): PaceRecord => {
  const refusedShare = pace.refusedShare * (1 - 1 / memory) ** answered
  return refusedShare < pace.noise * hardlyAny
    ? { ...pace, refusedShare, noise: 0, falls: 0 }
    : { ...pace, refusedShare }
}

/** Takes in a write that was answered 429. */
export const withRefused = (pace: PaceRecord): PaceRecord => ({
  ...pace,
  refusedShare: pace.refusedShare + (1 - pace.refusedShare) / memory,
})

/** Whether 429s come whatever the rate, and no more of them than usual: then to cut the rate would be in vain. */
export const isNoise = ({ noise, refusedShare }: PaceRecord): boolean =>
  noise > 0 && refusedShare <= noise + moreThanUsual

/** What a cut tells: 429s that go on among answers however far the rate fell have nothing to do with it. */
export const afterCut = (pace: PaceRecord, ceiling: number, leastRate: number): PaceRecord => {
  // Where nothing was answered in between, Graph takes no writes at all.
  if (pace.strikes > 0) return pace
  const falls = ceiling < pace.ceiling || ceiling <= leastRate ? pace.falls + 1 : 0
  return falls >= manyFalls && pace.refusedShare >= fewRefused
    ? { ...pace, falls: 0, noise: pace.refusedShare }
    : { ...pace, falls }
}
