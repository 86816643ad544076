import { decoded } from '@lethe/application/testing'
import { TenantId } from '@lethe/domain'
import type { PaceStates } from '@lethe/application'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processTime, sharedPace } from '../../src/pacing/shared-pace.js'
import { slowStates, tenantId } from './simulated-removals.js'
import { virtualTime, type VirtualTime } from './virtual-time.js'

const other = decoded(TenantId, '99999999-2222-4333-8444-555555555555')
const right = E.right(undefined)

const paceOn = (time: VirtualTime, states: PaceStates) =>
  sharedPace({ states, clock: time.now, sleep: time.sleep, random: () => 0.5 })

const world = () => {
  const time = virtualTime()
  const states = slowStates(time, () => 4)
  return { time, states, pace: paceOn(time, states) }
}

/** Runs a task in virtual time; gives its outcome and when it came. */
const timed = async <A>(
  time: VirtualTime,
  task: () => Promise<A>,
): Promise<{ readonly outcome: A; readonly at: number }> => {
  const box: Array<{ readonly outcome: A; readonly at: number }> = []
  const run = task().then(outcome => box.push({ outcome, at: time.now() }))
  await time.runUntil(() => box.length > 0)
  await run
  const [done] = box
  if (done === undefined) throw new Error('It ended')
  return done
}

describe('writes', () => {
  it('go at the pace, all of them asked for together', async () => {
    const { time, states, pace } = world()
    const went: Array<number> = []
    const calls = Array.from({ length: 20 }, async () => {
      expect(await pace.beforeCall(tenantId, 'write')()).toStrictEqual(right)
      went.push(time.now())
    })
    await time.runUntil(() => went.length === 20)
    await Promise.all(calls)

    expect(went.at(-1)).toBeGreaterThan(700)
    expect(went.at(-1)).toBeLessThan(1100)
    expect(states.changes()).toBeLessThan(15)
  })

  it('are held back, in every worker, until a Retry-After has passed', async () => {
    const { time, states, pace } = world()
    const another = paceOn(time, states)
    await timed(time, pace.beforeCall(tenantId, 'write'))
    pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds: 3 })
    const refusedAt = time.now()
    await timed(time, async () => time.sleep(50))

    for (const worker of [another, pace]) {
      const { outcome, at } = await timed(time, worker.beforeCall(tenantId, 'write'))
      expect(outcome).toStrictEqual(right)
      expect(at).toBeGreaterThanOrEqual(refusedAt + 3000)
    }
  })

  it('that were given a turn before the 429 came do not use it', async () => {
    const { time, pace } = world()
    const went: Array<number> = []
    const calls = Array.from({ length: 4 }, async () => {
      await pace.beforeCall(tenantId, 'write')()
      went.push(time.now())
    })
    await time.runUntil(() => went.length === 1)
    pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds: 2 })
    const refusedAt = time.now()
    await time.runUntil(() => went.length === 4)
    await Promise.all(calls)

    expect(went.slice(1).every(at => at >= refusedAt + 2000)).toBe(true)
  })

  it('are busy where the Retry-After is long, with the time that is left', async () => {
    const { time, pace } = world()
    pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds: 600 })

    const { outcome, at } = await timed(time, pace.beforeCall(tenantId, 'write'))

    expect(outcome).toStrictEqual(E.left({ _tag: 'Busy', afterSeconds: 600 }))
    expect(at).toBeLessThan(1000)
  })

  it('of another tenant are not held back', async () => {
    const { time, pace } = world()
    pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds: 600 })

    const { outcome, at } = await timed(time, pace.beforeCall(other, 'write'))

    expect(outcome).toStrictEqual(right)
    expect(at).toBeLessThan(100)
  })

  it('are busy while the store is down; a 429 is not forgotten over it', async () => {
    const { time, states } = world()
    let down = true
    const pace = paceOn(time, {
      ...states,
      change: (tenant, change) =>
        down ? TE.left({ _tag: 'Unavailable', retryAfterSeconds: 7 }) : states.change(tenant, change),
    })
    pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds: 60 })
    const { outcome } = await timed(time, pace.beforeCall(tenantId, 'write'))
    expect(outcome).toStrictEqual(E.left({ _tag: 'Busy', afterSeconds: 7 }))

    down = false
    await timed(time, async () => time.sleep(1000))
    const later = await timed(time, pace.beforeCall(tenantId, 'write'))
    expect(later.outcome).toMatchObject({ left: { _tag: 'Busy' } })
    const elsewhere = await timed(time, paceOn(time, states).beforeCall(tenantId, 'write'))
    expect(elsewhere.outcome).toMatchObject({ left: { _tag: 'Busy' } })
  })

  it('reject where the store has a bug, and go on when it has none', async () => {
    const { time, states } = world()
    let broken = true
    const pace = paceOn(time, {
      ...states,
      change: (tenant, change) => async () => {
        if (broken) throw new Error('A bug')
        return states.change(tenant, change)()
      },
    })
    await expect(pace.beforeCall(tenantId, 'write')()).rejects.toThrow('A bug')

    broken = false
    expect((await timed(time, pace.beforeCall(tenantId, 'write'))).outcome).toStrictEqual(right)
  })
})

describe('whenever a 429 comes', () => {
  it('every caller gets an answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(400), fc.constantFrom(null, 0, 1)), { maxLength: 25 }),
        fc.integer({ min: 1, max: 15 }),
        async (refusals, latencyMs) => {
          const time = virtualTime()
          const pace = paceOn(
            time,
            slowStates(time, () => latencyMs),
          )
          let ended = 0
          const calls = Array.from({ length: 60 }, async () => {
            await pace.beforeCall(tenantId, 'write')()
            ended += 1
          })
          const refusing = async (): Promise<void> => {
            for (const [afterMs, retryAfterSeconds] of refusals) {
              await time.sleep(afterMs)
              pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds })
            }
          }
          void refusing()
          await time.runUntil(() => ended === calls.length)
          await Promise.all(calls)
          expect(ended).toBe(60)
        },
      ),
    )
  })
})

describe('reads', () => {
  it('go at once, and ask nobody', async () => {
    const { time, states, pace } = world()

    const { outcome, at } = await timed(time, pace.beforeCall(tenantId, 'read'))

    expect([outcome, at, states.changes()]).toStrictEqual([right, 0, 0])
  })

  it('wait for a short Retry-After, and are busy with a long one', async () => {
    const { time, pace } = world()
    pace.afterCall(tenantId, 'read', { kind: 'throttled', retryAfterSeconds: 2 })
    const waited = await timed(time, pace.beforeCall(tenantId, 'read'))
    expect(waited.outcome).toStrictEqual(right)
    expect(waited.at).toBeCloseTo(2000)

    pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds: 20 })
    expect((await timed(time, pace.beforeCall(tenantId, 'read'))).outcome).toStrictEqual(
      E.left({ _tag: 'Busy', afterSeconds: 20 }),
    )
  })

  it('go on after a 429 without a Retry-After: backing off is up to who reads', async () => {
    const { time, pace } = world()
    pace.afterCall(tenantId, 'read', { kind: 'throttled', retryAfterSeconds: null })

    expect((await timed(time, pace.beforeCall(tenantId, 'read'))).at).toBe(0)
  })
})

describe('what was learned', () => {
  it('reaches the other workers although nobody asks for a turn any more', async () => {
    const { time, states, pace } = world()
    pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds: 60 })
    await timed(time, async () => time.sleep(1000))

    expect(states.changes()).toBe(1)
    const elsewhere = await timed(time, paceOn(time, states).beforeCall(tenantId, 'write'))
    expect(elsewhere.outcome).toMatchObject({ left: { _tag: 'Busy', afterSeconds: 59 } })
  })

  it('is told in a few words, not one for each answer', async () => {
    const { time, states, pace } = world()
    for (let n = 0; n < 500; n += 1) pace.afterCall(tenantId, 'write', { kind: 'answered' })
    await timed(time, async () => time.sleep(1000))

    expect(states.changes()).toBe(1)
  })
})

describe('the time of a process', () => {
  it('never goes back, wakes who sleeps, and has chance', async () => {
    const before = processTime.clock()
    await processTime.sleep(0)

    expect(processTime.clock()).toBeGreaterThanOrEqual(before)
    expect(processTime.random()).toBeLessThan(1)
  })
})
