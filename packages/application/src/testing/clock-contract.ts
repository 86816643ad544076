import { Instant, secondsBetween } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../ports/environment.js'
import { upTo } from './outcomes.js'

/** A clock under test. */
export interface ClockHarness {
  readonly clock: Clock
  /** What time it is, from elsewhere. */
  readonly expected: () => Instant
  /** How far the two may be apart. */
  readonly toleranceSeconds: number
}

/**
 * What the port `Clock` promises.
 *
 * @param name of the adapter.
 */
export const clockContract = (name: string, { clock, expected, toleranceSeconds }: ClockHarness): void => {
  describe(`clock: ${name}`, () => {
    it('tells an instant in the one spelling', () => {
      expect(Instant.is(clock.now())).toBe(true)
    })

    it('is never far off', () => {
      for (const _ of upTo(100))
        expect(Math.abs(secondsBetween(expected(), clock.now()))).toBeLessThanOrEqual(toleranceSeconds)
    })

    it('does not stand still for ever', async () => {
      const start = clock.now()

      await expect.poll(() => clock.now() > start).toBe(true)
    })
  })
}
