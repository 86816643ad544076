import type { Clock } from '@lethe/application'
import { type Instant, instantFromMilliseconds } from '@lethe/domain'

/** Time that passes only when it is told to. */
export interface SimulatedTime {
  /** What the clocks on the wall show: they may be set forward and back. */
  readonly clock: Clock
  /** A clock that is ahead of the others, or behind them, until all clocks agree. */
  readonly clockOff: (byMilliseconds: number) => Clock
  readonly letClocksAgree: () => void
  /** The latest moment that any clock has ever shown to anybody. */
  readonly latestShown: () => Instant
  /** Milliseconds since the beginning. It never goes back: those who sleep go by it. */
  readonly elapsed: () => number
  readonly pass: (milliseconds: number) => void
  /** Sets the clocks, while no time passes. */
  readonly setClocks: (byMilliseconds: number) => void
}

const beginning = Date.UTC(2026, 2, 2, 9)

export const simulatedTime = (): SimulatedTime => {
  let elapsed = 0
  let skew = 0
  let latest = beginning
  let agreed = false
  const clockOff = (byMilliseconds: number): Clock => {
    let shown: { readonly at: number; readonly instant: Instant } | null = null
    return {
      now: () => {
        const at = beginning + elapsed + skew + (agreed ? 0 : byMilliseconds)
        latest = Math.max(latest, at)
        if (shown?.at !== at) shown = { at, instant: instantFromMilliseconds(at) }
        return shown.instant
      },
    }
  }
  return {
    clock: clockOff(0),
    clockOff,
    letClocksAgree: () => {
      agreed = true
    },
    latestShown: () => instantFromMilliseconds(latest),
    elapsed: () => elapsed,
    pass: milliseconds => {
      elapsed += Math.max(0, Math.trunc(milliseconds))
    },
    setClocks: byMilliseconds => {
      skew += Math.trunc(byMilliseconds)
    },
  }
}
