import { cut } from './cutting.js'
import { isNoise, withAnswered, withRefused } from './noise.js'
import type { PaceRecord } from './pace-record.js'

/** One 429, as a process met it. */
export interface Refusal {
  /** Whether it came to a write: only those tell the rate of writes. */
  readonly ofWrite: boolean
  /** What is left of the Retry-After, in milliseconds; null where there was none. */
  readonly waitMs: number | null
}

/** How calls were taken since a process last told. */
export interface Feedback {
  /** Writes that were answered without a 429. */
  readonly answered: number
  readonly refusals: ReadonlyArray<Refusal>
}

/** Over which time the accepted calls are averaged, in seconds. */
const memorySeconds = 0.35
/** The longest first wait after a 429 without a Retry-After, and the longest of all, in milliseconds. */
const firstBackOffMs = 250
const longestBackOffMs = 60_000
/** Calls that were under way when a 429 came are answered in this time, as a rule. */
const roundTripMs = 250

/** Takes in how many calls were answered since the last time. */
export const withAnswers = (pace: PaceRecord, answered: number, nowMs: number): PaceRecord => {
  const strikes = answered > 0 && nowMs > pace.settledAt ? 0 : pace.strikes
  const seconds = (nowMs - pace.measuredAt) / 1000
  const counted = withAnswered(pace, answered)
  if (seconds <= 0) return { ...counted, strikes }
  const kept = Math.exp(-seconds / memorySeconds)
  return {
    ...counted,
    accepted: pace.accepted * kept + (answered / seconds) * (1 - kept),
    measuredAt: nowMs,
    strikes,
  }
}

/**
 * Takes in a 429. A Retry-After is obeyed, whatever it came to. The rate is cut once for all 429 of one event, and not where 429s come
 * whatever the rate, unless there are more of them than usual. Without a Retry-After
 * calls stop for a random time below a bound that doubles with each cut without an answer in between (full jitter).
 *
 * @param random gives a number from 0 up to 1.
 */
export const withRefusal = (
  pace: PaceRecord,
  { ofWrite, waitMs }: Refusal,
  nowMs: number,
  random: () => number,
): PaceRecord => {
  const counted = ofWrite ? withRefused(pace) : pace
  const obeying =
    waitMs === null
      ? counted
      : resumingAt(
          { ...counted, forbiddenUntil: Math.max(pace.forbiddenUntil, nowMs + waitMs) },
          nowMs + waitMs,
        )
  if (!ofWrite || nowMs < pace.settledAt || isNoise(counted)) return obeying
  const stopMs = waitMs ?? random() * Math.min(longestBackOffMs, firstBackOffMs * 2 ** pace.strikes)
  const stopped = resumingAt(cut(obeying, stopMs / 1000), nowMs + stopMs)
  return { ...stopped, settledAt: Math.max(stopped.settledAt, nowMs + roundTripMs) }
}

/** No turn before that moment. Averages go on from there, and 429 until then belong together. */
const resumingAt = (pace: PaceRecord, at: number): PaceRecord => ({
  ...pace,
  nextAt: Math.max(pace.nextAt, at),
  measuredAt: Math.max(pace.measuredAt, at),
  settledAt: Math.max(pace.settledAt, at),
})
