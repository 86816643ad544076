import type { Clock } from '@lethe/application'
import { decoded } from '@lethe/application/testing'
import { addSeconds, Instant } from '@lethe/domain'

export interface MovableClock extends Clock {
  readonly advance: (seconds: number) => void
  readonly set: (to: Instant) => void
}

const startOfTests = decoded(Instant, '2026-03-02T09:00:00Z')

export const movableClock = (): MovableClock => {
  let now = startOfTests
  return {
    now: () => now,
    advance: seconds => {
      now = addSeconds(now, seconds)
    },
    set: to => {
      now = to
    },
  }
}
