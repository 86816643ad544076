import { describe, expect, it } from 'vitest'
import { seeded, type Simulated, simulate } from './simulated-removals.js'
import { dice, slidingWindow, type Throttler, tokenBucket } from './throttlers.js'

const seeds = [1, 2, 3, 4]
const fast = [2, 10] as const
const slow = [20, 50] as const

const runs = async (
  throttler: () => Throttler,
  retryAfter: boolean,
  workers: number,
): Promise<ReadonlyArray<Simulated>> =>
  Promise.all(
    seeds.map(async seed =>
      simulate({
        throttler: throttler(),
        retryAfter,
        workers,
        seed,
        roundTripMs: seed % 2 === 0 ? fast : slow,
      }),
    ),
  )

const mean = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length

/** The least of the permitted rate that 2,000 removals reach from a standing start, on an average. */
const withRetryAfter: ReadonlyArray<
  readonly [name: string, rate: number, least: number, throttler: () => Throttler]
> = [
  ['a bucket that holds a second', 20, 0.97, () => tokenBucket(20, 20)],
  ['a bucket that holds a second', 50, 0.97, () => tokenBucket(50, 50)],
  ['a bucket that holds a second', 100, 0.95, () => tokenBucket(100, 100)],
  ['a bucket that holds half a second', 20, 0.94, () => tokenBucket(20, 10)],
  ['a bucket that holds half a second', 40, 0.93, () => tokenBucket(40, 20)],
  ['a bucket that holds a fifth of a second', 20, 0.92, () => tokenBucket(20, 4)],
  ['a bucket that holds a tenth of a second', 40, 0.91, () => tokenBucket(40, 4)],
  ['a sliding second', 20, 0.8, () => slidingWindow(20)],
  ['a sliding second', 50, 0.85, () => slidingWindow(50)],
]

describe.each([1, 2])('with Retry-After and %i workers', workers => {
  it.each(withRetryAfter)('%s at %i/s is used to %f, and obeyed', async (_, rate, least, throttler) => {
    const all = await runs(throttler, true, workers)

    expect(mean(all.map(run => run.rate / rate))).toBeGreaterThanOrEqual(least)
    expect(Math.max(...all.map(run => run.refusedShare))).toBeLessThanOrEqual(0.015)
    expect(all.map(run => run.sentWhileForbidden)).toStrictEqual(seeds.map(() => 0))
    expect(Math.max(...all.map(run => run.changesPerSecond))).toBeLessThanOrEqual(12 * workers)
  })
})

const blind: ReadonlyArray<readonly [name: string, rate: number, least: number, throttler: () => Throttler]> =
  [
    ['a bucket that holds a second', 20, 0.95, () => tokenBucket(20, 20)],
    ['a bucket that holds a second', 100, 0.95, () => tokenBucket(100, 100)],
    ['a bucket that holds a second', 200, 0.9, () => tokenBucket(200, 200)],
    ['a bucket that holds half a second', 50, 0.95, () => tokenBucket(50, 25)],
    ['a bucket that holds a tenth of a second', 50, 0.9, () => tokenBucket(50, 5)],
    ['a bucket that holds a tenth of a second', 100, 0.88, () => tokenBucket(100, 10)],
    ['a sliding second', 20, 0.88, () => slidingWindow(20)],
    ['a sliding second', 100, 0.83, () => slidingWindow(100)],
  ]

describe.each([1, 2])('without Retry-After and %i workers', workers => {
  it.each(blind)('%s at %i/s is used to %f', async (_, rate, least, throttler) => {
    const all = await runs(throttler, false, workers)

    expect(mean(all.map(run => run.rate / rate))).toBeGreaterThanOrEqual(least)
    expect(Math.max(...all.map(run => run.refusedShare))).toBeLessThanOrEqual(0.035)
  })
})

describe('a server that permits very little', () => {
  it('is not asked in vain by jobs that come back too soon', async () => {
    const low = await simulate({
      throttler: tokenBucket(2, 4),
      retryAfter: true,
      workers: 2,
      seed: 5,
      roundTripMs: fast,
      removals: 400,
    })

    expect(low.rate).toBeGreaterThan(1.5)
    // Each removal is sent away a few times at most.
    expect(low.busy).toBeLessThan(400 * 4)
  })
})

const none: Throttler = () => null

/** A rate that is cut at each 429 falls to the lowest one, of 2 a second. */
const noisy: ReadonlyArray<
  readonly [
    share: number,
    behind: string,
    throttler: Throttler,
    retryAfter: boolean,
    least: number,
    most: number,
  ]
> = [
  [0.1, 'nothing', none, true, 5, 0.11],
  [0.1, 'nothing', none, false, 12, 0.11],
  [0.05, 'a bucket of 20/s', tokenBucket(20, 20), true, 7, 0.07],
  [0.05, 'a bucket of 20/s', tokenBucket(20, 20), false, 11, 0.15],
]

describe('429s that have nothing to do with the rate', () => {
  it.each(noisy)(
    '%f of all, before %s (Retry-After: %3$s)',
    async (share, _, behind, retryAfter, least, most) => {
      const run = await simulate({
        throttler: dice(share, seeded(8), behind),
        retryAfter,
        workers: 2,
        seed: 1,
        roundTripMs: fast,
        removals: 1000,
      })

      expect(run.rate).toBeGreaterThanOrEqual(least)
      expect(run.refusedShare).toBeLessThanOrEqual(most)
      expect(run.sentWhileForbidden).toBe(0)
    },
  )
})
