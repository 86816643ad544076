import { decoded } from '@lethe/application/testing'
import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, it } from 'vitest'
import type { Feedback } from '../../src/pacing/learning.js'
import { leastRate } from '../../src/pacing/cutting.js'
import { mostRate } from '../../src/pacing/growing.js'
import { initialRate, paceFrom, type PaceRecord, stateOf } from '../../src/pacing/pace-record.js'
import { lookAheadMs, patienceMs, takeTurns, type Turn } from '../../src/pacing/taking-turns.js'

const start = 1_772_442_000_000
const nothingNew: Feedback = { answered: 0, refusals: [] }
const newPace = (changed: Partial<PaceRecord> = {}): PaceRecord => ({ ...paceFrom(null, start), ...changed })
const never = (): number => {
  throw new Error('No chance is needed here')
}

const ask = (pace: PaceRecord, callers: number, nowMs = start, feedback = nothingNew, random = never) =>
  takeTurns(pace, nowMs, { feedback, waitedMs: Array.from({ length: callers }, () => 0) }, random)

const delays = (turns: ReadonlyArray<Turn>): ReadonlyArray<number> =>
  turns.flatMap(turn => (turn.kind === 'given' ? [turn.afterMs] : []))

describe('turns', () => {
  it('are given one interval apart, only a little ahead, in the order of the callers', () => {
    const [, turns] = ask(newPace({ rate: 50, ceiling: 50 }), 20)

    expect(delays(turns)).toStrictEqual([0, 20, 40, 60, 80, 100, 120, 140])
    expect(turns.slice(8).every(({ kind }) => kind === 'later')).toBe(true)
  })

  it('follow on those that others were given', () => {
    const [after, first] = ask(newPace({ rate: 50, ceiling: 50 }), 3)
    const [, next] = ask(after, 2)

    expect(delays(first)).toStrictEqual([0, 20, 40])
    expect(delays(next)).toStrictEqual([60, 80])
  })

  it('are not saved up while nobody calls', () => {
    const [, turns] = ask(newPace({ rate: 50, ceiling: 50 }), 20, start + 60_000)

    expect(delays(turns)).toStrictEqual([0, 10, 30, 50, 70, 90, 110, 130, 150])
  })

  it('wait for the end of a Retry-After', () => {
    const [, turns] = ask(newPace({ forbiddenUntil: start + 2000 }), 2)

    expect(turns).toStrictEqual([
      { kind: 'later', afterMs: 2000 },
      { kind: 'later', afterMs: 2050 },
    ])
  })

  it('too far ahead are nobody’s: the caller is busy, and nothing is taken', () => {
    const pace = newPace({ nextAt: start + patienceMs + 1 })
    const [after, turns] = ask(pace, 1)

    expect(turns).toStrictEqual([{ kind: 'busy', afterSeconds: 6 }])
    expect(after.nextAt).toBe(pace.nextAt)
  })

  it('are hinted at one after the other to callers who are sent away, at different times too', () => {
    const pace = newPace({ rate: 1, ceiling: 1, nextAt: start + 10_000 })
    const [after, first] = ask(pace, 6)
    const [, second] = ask(after, 6)
    const hints = [...first, ...second].map(turn => (turn.kind === 'busy' ? turn.afterSeconds : 0))

    // Five hints for four turns.
    expect(hints).toStrictEqual([10, 11, 12, 13, 14, 14, 15, 16, 17, 18, 18, 19])
  })

  it('count how long a caller has waited', () => {
    const pace = newPace({ nextAt: start + 3000 })
    const [, turns] = takeTurns(pace, start, { feedback: nothingNew, waitedMs: [3000, 0] }, never)

    expect(turns.map(({ kind }) => kind)).toStrictEqual(['busy', 'later'])
  })

  it('come faster only while they are all taken', () => {
    const [idle] = ask(newPace(), 1, start + 1000, { answered: 1, refusals: [] })
    const busyUntilNow = newPace({ nextAt: start + 1000 })
    const [used] = ask(busyUntilNow, 1, start + 1000, { answered: 20, refusals: [] })

    expect(idle.rate).toBe(initialRate)
    expect(used.rate).toBeGreaterThan(initialRate * 1.9)
  })
})

const State = t.record(t.string, t.number)
const refusal = fc.record({
  ofWrite: fc.boolean(),
  waitMs: fc.option(fc.integer({ min: 0, max: 120_000 }), { nil: null }),
})
const step = fc.record({
  afterMs: fc.integer({ min: -50, max: 5000 }),
  answered: fc.nat(200),
  refusals: fc.array(refusal, { maxLength: 5 }),
  callers: fc.nat(70),
  chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

describe('whatever happens', () => {
  it('a pace stays in bounds, survives its storage, and gives no turn that a Retry-After forbids', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        let [now, state] = [start, stateOf(newPace())]
        for (const { afterMs, answered, refusals, callers, chance } of steps) {
          now += afterMs
          const [pace, turns] = takeTurns(
            paceFrom(state, now),
            now,
            { feedback: { answered, refusals }, waitedMs: Array.from({ length: callers }, () => 0) },
            () => chance,
          )
          expect(pace.rate).toBeGreaterThanOrEqual(leastRate)
          expect(pace.rate).toBeLessThanOrEqual(mostRate)
          const longest = Math.max(0, ...refusals.map(({ waitMs }) => waitMs ?? 0))
          expect(pace.forbiddenUntil).toBeGreaterThanOrEqual(longest === 0 ? 0 : now + longest)
          for (const after of delays(turns)) {
            expect(now + after).toBeGreaterThanOrEqual(pace.forbiddenUntil)
            expect(after).toBeLessThanOrEqual(lookAheadMs)
          }
          state = stateOf(pace)
          expect(paceFrom(decoded(State, JSON.parse(JSON.stringify(state))), now)).toStrictEqual(pace)
        }
      }),
    )
  })

  it('are not hinted at for later than a minute, and then at different times', () => {
    const pace = newPace({ rate: leastRate, nextAt: start + patienceMs + 1000 })
    for (const chance of [0, 0.5, 0.99]) {
      const [after, turns] = ask(pace, 1000, start, nothingNew, () => chance)
      const hints = turns.map(turn => (turn.kind === 'busy' ? turn.afterSeconds : 0))
      expect(hints.at(-1)).toBe(Math.ceil(66 - 30 * chance))
      expect(Math.max(...hints)).toBeLessThanOrEqual(66)
      expect(after.hintedUntil).toBeLessThanOrEqual(start + 66_000)
    }
  })

  it('no two turns at one rate are closer than its interval, however many ask', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.tuple(fc.nat(400), fc.nat(64)), { maxLength: 30 }),
        (rate, asks) => {
          // At the highest rate there is no growth that would change the interval.
          let [now, pace] = [start, newPace({ rate, ceiling: rate, depth: 0 })]
          const given: Array<number> = []
          for (const [afterMs, callers] of asks) {
            now += afterMs
            const [next, turns] = ask(pace, callers, now, nothingNew, () => 0.5)
            given.push(...delays(turns).map(after => now + after))
            pace = next
          }
          const span = (given.at(-1) ?? start) - (given[0] ?? start)
          // A turn may be taken a little late, and then the next one is not late with it.
          expect(given.length).toBeLessThanOrEqual(((span + 10) * rate) / 1000 + 1.001)
        },
      ),
    )
  })

  it('a state of another version, or none, starts anew where it says nothing', () => {
    expect(paceFrom({ rate: Number.NaN, nextAt: -1, other: 3 }, start)).toStrictEqual(paceFrom(null, start))
    const aDay = 86_400_000
    expect(paceFrom({ rate: 1e-308, nextAt: 9e99, forbiddenUntil: 9e15 }, start)).toMatchObject({
      rate: 0.01,
      nextAt: start + aDay,
      forbiddenUntil: start + aDay,
    })
    expect(paceFrom({ rate: 0 }, start).rate).toBe(initialRate)
    expect(paceFrom({ rate: 7 }, start).rate).toBe(7)
  })
})
