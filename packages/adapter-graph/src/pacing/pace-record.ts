import type { PaceState } from '@lethe/application'

/**
 * What is known of a tenant's pace. Rates are in calls a second, times in milliseconds of the store's clock.
 */
export interface PaceRecord {
  /** At which calls are let go. */
  readonly rate: number
  /** Near which a 429 came; 0 while none has. */
  readonly ceiling: number
  /** How far below the ceiling the last cut went, as a part of it. */
  readonly depth: number
  /** Seconds of full use until the rate is back at the ceiling. */
  readonly plateauSeconds: number
  /** Seconds of full use since the last cut. */
  readonly usedSeconds: number
  /** For how long the last cut stopped all calls, in seconds. */
  readonly stopSeconds: number
  /** Seconds of its rate that the server seems to let pile up while nothing is sent. */
  readonly slackSeconds: number
  /** Of calls that were answered without a 429, averaged over the last moments. */
  readonly accepted: number
  readonly measuredAt: number
  /** The first turn that nobody has yet. */
  readonly nextAt: number
  /** Until then a Retry-After forbids every call. */
  readonly forbiddenUntil: number
  /** A 429 that comes before belongs to the last cut. */
  readonly settledAt: number
  /** Cuts since a call was last answered. */
  readonly strikes: number
  /** Which part of the last writes was answered 429. */
  readonly refusedShare: number
  /** Cuts in a row that lowered the ceiling. */
  readonly falls: number
  /** Which part of the writes is answered 429 whatever the rate; 0 where 429s follow the rate, as they should. */
  readonly noise: number
  /** Up to when turns were hinted at to callers that were sent away. */
  readonly hintedUntil: number
}

/** Calls a second, before anything is known: 3,000 writes in 150 s is what Graph's identity service permits an app in a tenant. */
export const initialRate = 20

/** What a server is taken to let pile up before anything is known. */
const initialSlackSeconds = 0.12

const unknownPace = (nowMs: number): PaceRecord => ({
  rate: initialRate,
  ceiling: 0,
  depth: 0,
  plateauSeconds: 1,
  usedSeconds: 0,
  stopSeconds: 0,
  slackSeconds: initialSlackSeconds,
  accepted: initialRate,
  measuredAt: nowMs,
  nextAt: nowMs,
  forbiddenUntil: 0,
  settledAt: 0,
  strikes: 0,
  refusedShare: 0,
  falls: 0,
  noise: 0,
  hintedUntil: 0,
})

/** No rate is slower or faster, in calls a second. */
const [slowestRate, fastestRate] = [0.01, 100_000]
/** No moment lies further ahead, in milliseconds: a server that forbids calls for longer is asked again after a day. */
const farthestMs = 86_400_000

/** Reads a state; what another version left out, or what is no rate or moment, starts anew or is cut to one. */
export const paceFrom = (state: PaceState | null, nowMs: number): PaceRecord => {
  const start = unknownPace(nowMs)
  const of = (name: keyof PaceRecord): number => {
    const known = state?.[name]
    return known !== undefined && Number.isFinite(known) && known >= 0 ? known : start[name]
  }
  const moment = (name: keyof PaceRecord): number => Math.min(of(name), nowMs + farthestMs)
  return {
    rate: of('rate') > 0 ? Math.min(Math.max(of('rate'), slowestRate), fastestRate) : initialRate,
    ceiling: of('ceiling'),
    depth: of('depth'),
    plateauSeconds: of('plateauSeconds') > 0 ? of('plateauSeconds') : 1,
    usedSeconds: of('usedSeconds'),
    stopSeconds: of('stopSeconds'),
    slackSeconds: of('slackSeconds'),
    accepted: of('accepted'),
    measuredAt: moment('measuredAt'),
    nextAt: moment('nextAt'),
    forbiddenUntil: moment('forbiddenUntil'),
    settledAt: moment('settledAt'),
    strikes: of('strikes'),
    refusedShare: Math.min(of('refusedShare'), 1),
    falls: of('falls'),
    noise: Math.min(of('noise'), 1),
    hintedUntil: moment('hintedUntil'),
  }
}

/** The state that `paceFrom` reads. */
export const stateOf = (pace: PaceRecord): PaceState => ({ ...pace })
