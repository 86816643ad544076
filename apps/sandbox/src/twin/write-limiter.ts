import type { Rate } from './faults.js'

/** Lets so many writes pass. */
export interface WriteLimiter {
  /** @returns 0 where a write may pass, and is counted; else the seconds until one may. */
  readonly secondsToWait: () => number
}

/**
 * A bucket of permits that fills evenly, and is full at first.
 *
 * @param clock milliseconds, from anywhere, never set back.
 */
export const writeLimiter = ({ writesPerSecond, burst }: Rate, clock: () => number): WriteLimiter => {
  const capacity = burst ?? Math.max(1, Math.floor(writesPerSecond))
  let permits: number = capacity
  let filledAt = clock()
  return {
    secondsToWait: () => {
      const now = clock()
      permits = Math.min(capacity, permits + ((now - filledAt) / 1000) * writesPerSecond)
      filledAt = now
      // What rounding takes away must not cost a permit.
      if (permits > 1 - 1e-9) {
        permits = Math.max(0, permits - 1)
        return 0
      }
      return (1 - permits) / writesPerSecond
    },
  }
}
