import type { Random } from './random.js'

/** How often things go wrong: probabilities for each call of a port. */
export interface Weather {
  /** It fails before it had any effect. */
  readonly unavailable: number
  /** It has its effect, and fails all the same. */
  readonly answerLost: number
  /** It takes its time to arrive. */
  readonly slow: number
  /** Its answer takes its time to come back. */
  readonly late: number
  /** The process dies before or after it. */
  readonly crash: number
  /** A delivery of jobs holds one that was delivered before. */
  readonly duplicate: number
  /** A job that is delivered is lost instead, by the queue itself. */
  readonly loss: number
  /** A holder has a problem of its own. */
  readonly holderProblem: number
}

/** Nothing goes wrong. */
export const fair: Weather = {
  unavailable: 0,
  answerLost: 0,
  slow: 0,
  late: 0,
  crash: 0,
  duplicate: 0,
  loss: 0,
  holderProblem: 0,
}

/** Some seeds see hardly a fault, some see nothing else. */
export const drawnWeather = (random: Random): Weather => {
  const severity = random.pick([0, 0.3, 1, 1, 2, 3])
  return {
    unavailable: 0.03 * severity,
    answerLost: 0.03 * severity,
    slow: random.pick([0, 0.05, 0.2]),
    late: random.pick([0, 0.05, 0.2]),
    crash: 0.006 * severity,
    duplicate: 0.1 * severity,
    loss: random.pick([0, 0, 0.05 * severity]),
    holderProblem: random.pick([0, 0.15, 0.4]),
  }
}

/** What becomes of one call. */
export type CallFault = 'none' | 'unavailable' | 'answerLost' | 'late' | 'crashBefore' | 'crashAfter'

export const drawnFault = (random: Random, weather: Weather): CallFault =>
  weather === fair
    ? 'none'
    : random.weighted<CallFault>([
        [weather.unavailable, 'unavailable'],
        [weather.answerLost, 'answerLost'],
        [weather.late, 'late'],
        [weather.crash / 2, 'crashBefore'],
        [weather.crash / 2, 'crashAfter'],
        [1, 'none'],
      ])
