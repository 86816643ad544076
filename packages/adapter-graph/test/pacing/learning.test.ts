import { describe, expect, it } from 'vitest'
import { grown } from '../../src/pacing/growing.js'
import { withAnswers, withRefusal } from '../../src/pacing/learning.js'
import { paceFrom, type PaceRecord } from '../../src/pacing/pace-record.js'

const start = 1_772_442_000_000
const known: PaceRecord = {
  ...paceFrom(null, start),
  rate: 100,
  ceiling: 100,
  accepted: 100,
  depth: 0.02,
  usedSeconds: 60,
  plateauSeconds: 60,
}
const most = () => 0.999_999
const refused = (pace: PaceRecord, at: number, waitMs: number | null, ofWrite = true) =>
  withRefusal(pace, { ofWrite, waitMs }, at, most)

describe('a 429 with a Retry-After', () => {
  it('stops everything for that long', () => {
    const pace = refused(known, start, 3000)

    expect(pace.forbiddenUntil).toBe(start + 3000)
    expect(pace.nextAt).toBe(start + 3000)
  })

  it('cuts the rate a little, and keeps the ceiling in mind', () => {
    const pace = refused(known, start, 1000)

    expect(pace.rate).toBeGreaterThan(95)
    expect(pace.rate).toBeLessThan(pace.ceiling)
    expect(pace.ceiling).toBeLessThanOrEqual(100)
  })

  it('is obeyed, and cuts no second time, where it belongs to the same event', () => {
    const first = refused(known, start, 1000)
    const second = refused(first, start + 30, 2000)

    expect(second.rate).toBe(first.rate)
    expect(second.forbiddenUntil).toBe(start + 2030)
    expect(refused(second, start + 2100, 1000).rate).toBeLessThan(first.rate)
  })

  it('that came to a read is obeyed, and says nothing of the rate of writes', () => {
    const pace = refused(known, start, 5000, false)

    expect(pace.forbiddenUntil).toBe(start + 5000)
    expect(pace.rate).toBe(known.rate)
  })

  it('never makes an earlier one shorter', () => {
    expect(refused(refused(known, start, 9000), start + 10, 1000).forbiddenUntil).toBe(start + 9000)
  })

  it('at first sets the rate by what was accepted, not by what was tried', () => {
    const fresh: PaceRecord = { ...paceFrom(null, start), rate: 160, accepted: 100, usedSeconds: 3 }

    expect(refused(fresh, start, 1000)).toMatchObject({ ceiling: 100, rate: 90 })
  })

  it('cuts deeper the sooner it comes after the last one', () => {
    const after = (usedSeconds: number) =>
      refused({ ...known, usedSeconds, stopSeconds: 1, depth: 0 }, start, 1000).rate

    expect(after(0.5)).toBeLessThan(after(2))
    expect(after(2)).toBeLessThan(after(30))
    expect(after(0)).toBeGreaterThan(0)
  })
})

describe('a 429 without a Retry-After', () => {
  it('forbids nothing, and stops writes for a random time', () => {
    const at = (chance: number) => withRefusal(known, { ofWrite: true, waitMs: null }, start, () => chance)

    expect(at(0.5).forbiddenUntil).toBe(0)
    expect(at(0).nextAt).toBe(start)
    expect(at(0.5).nextAt).toBe(start + 125)
    expect(at(0).rate).toBeLessThan(known.rate)
  })

  it('stops them longer each time that nothing was answered in between, up to a minute', () => {
    const stops: Array<number> = []
    let [pace, now] = [known, start]
    for (let event = 0; event < 12; event += 1) {
      const next = refused(pace, now, null)
      stops.push(Math.round((next.nextAt - now) / 10) * 10)
      pace = next
      now = Math.max(next.nextAt, next.settledAt)
    }

    expect(stops).toStrictEqual([
      250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000,
    ])
    expect(pace.rate).toBeGreaterThan(0)
    const answered = withAnswers(pace, 1, now + 1000)
    expect(refused(answered, now + 1000, null).nextAt).toBeLessThanOrEqual(now + 1250)
  })

  it('that came to a read changes nothing', () => {
    expect(refused(known, start, null, false)).toStrictEqual(known)
  })
})

describe('growth', () => {
  it('is threefold in a second until the first 429, and never far past what is answered', () => {
    const fresh = paceFrom(null, start)

    expect(grown({ ...fresh, accepted: 1000 }, 1).rate).toBeCloseTo(60)
    expect(grown({ ...fresh, accepted: 11 }, 1).rate).toBeCloseTo(22)
    expect(grown({ ...fresh, accepted: 0 }, 1).rate).toBe(fresh.rate)
  })

  it('is slow near the ceiling, fast far below and above it, and never negative', () => {
    const rates = [0]
    let pace = refused(known, start, 1000)
    for (let second = 0; second < 240; second += 1) {
      pace = grown({ ...pace, accepted: pace.rate }, 1)
      rates.push(pace.rate)
    }
    const growth = rates.slice(2).map((rate, index) => rate - (rates[index + 1] ?? 0))

    expect(Math.min(...growth)).toBeGreaterThanOrEqual(0)
    expect(growth[0]).toBeGreaterThan((growth[58] ?? 0) * 100)
    expect(growth.at(-1)).toBeGreaterThan(growth[0] ?? 0)
  })
})

describe('429s that come whatever the rate', () => {
  const answered = (pace: PaceRecord, count: number, at: number) =>
    withAnswers({ ...pace, usedSeconds: 60 }, count, at)
  /** One 429 after each `between` answers, so often. */
  const met = (times: number, between: number): { readonly pace: PaceRecord; readonly now: number } => {
    let [pace, now] = [known, start]
    for (let event = 0; event < times; event += 1) {
      now = Math.max(pace.settledAt, now) + 10_000
      pace = refused(answered(pace, between, now), now, null)
    }
    return { pace, now }
  }

  it('are known by the cuts that changed nothing, and cut the rate no more', () => {
    const { pace, now } = met(20, 9)

    expect(pace.noise).toBeGreaterThan(0.05)
    const after = refused(answered(pace, 9, now + 10_000), now + 10_000, 1000)
    expect(after).toMatchObject({ rate: pace.rate, forbiddenUntil: now + 11_000 })
  })

  it('are not those of a limit that is met now and then', () => {
    expect(met(20, 100).pace.noise).toBe(0)
  })

  it('cut the rate again once there are many more of them than usual', () => {
    const { pace, now } = met(20, 9)
    let many = { ...pace, rate: 50, ceiling: 50 }
    for (let call = 0; call < 20; call += 1) many = refused(many, now + 10_000, null)

    expect(many.rate).toBeLessThan(50)
  })

  it('let the rate grow at all times, and are forgotten once there are hardly any', () => {
    const { pace, now } = met(20, 9)

    expect(grown({ ...pace, accepted: 100 }, 1).rate).toBeCloseTo(pace.rate * 1.1)
    expect(answered(pace, 50, now + 1000).noise).toBe(pace.noise)
    expect(answered(pace, 200, now + 1000).noise).toBe(0)
  })
})
