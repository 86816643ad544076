import type { PaceState, PaceStates } from '@lethe/application'
import { decoded } from '@lethe/application/testing'
import { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { sharedPace } from '../../src/pacing/shared-pace.js'
import type { Throttler } from './throttlers.js'
import { virtualTime, type VirtualTime } from './virtual-time.js'

export const tenantId: TenantId = decoded(TenantId, '11111111-2222-4333-8444-555555555555')

/** Numbers from 0 up to 1 that are the same in each run (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A store in memory that answers after a while. */
export const slowStates = (
  time: VirtualTime,
  latencyMs: () => number,
): PaceStates & { readonly changes: () => number } => {
  const states = new Map<string, PaceState>()
  let changes = 0
  return {
    changes: () => changes,
    change: (tenant, change) => async () => {
      await time.sleep(latencyMs() / 2)
      changes += 1
      const [next, result] = change(states.get(tenant) ?? null, 1e12 + time.now())
      states.set(tenant, next)
      await time.sleep(latencyMs() / 2)
      return E.right(result)
    },
    read: tenant => async () => E.right({ state: states.get(tenant) ?? null, nowMs: 1e12 + time.now() }),
  }
}

export interface Simulation {
  readonly throttler: Throttler
  readonly retryAfter: boolean
  readonly workers: number
  readonly roundTripMs: readonly [least: number, most: number]
  readonly seed: number
  readonly removals?: number
}

export interface Simulated {
  /** Removals taken by the server in a second. */
  readonly rate: number
  /** Which part of all calls was answered 429. */
  readonly refusedShare: number
  /** How often a Retry-After stopped all calls. */
  readonly stops: number
  readonly sentWhileForbidden: number
  readonly busy: number
  readonly changesPerSecond: number
  readonly seconds: number
}

const inFlight = 64
/** Within this time every worker knows of a Retry-After, in milliseconds. */
const hearsayMs = 300

/** Works off removals of one tenant against a model server, all workers together 64 at a time. */
export const simulate = async (simulation: Simulation): Promise<Simulated> => {
  const { throttler, retryAfter, workers, roundTripMs, seed, removals = 2000 } = simulation
  const time = virtualTime()
  const random = seeded(seed)
  const states = slowStates(time, () => 2 + random() * 6)
  let [left, taken, calls, refused, busy, stops, early] = [removals, 0, 0, 0, 0, 0, 0]
  let lastAt = 0
  /** The last 429 as its worker met it. */
  let met = { by: -1, at: 0, until: 0 }

  const worker = async (number: number): Promise<void> => {
    const pace = sharedPace({ states, clock: time.now, sleep: time.sleep, random })
    const hold = async (): Promise<void> => {
      while (taken < removals) {
        if (left === 0) {
          await time.sleep(50)
          continue
        }
        left -= 1
        // The job comes out of the queue, and a transaction or two go by.
        await time.sleep(5 + random() * 10)
        const turn = await pace.beforeCall(tenantId, 'write')()
        if (E.isLeft(turn)) {
          busy += 1
          void comeBack(turn.left.afterSeconds)
          continue
        }
        // What a worker met it knows at once; of what another one met it hears within moments.
        if (time.now() < met.until - 1 && (met.by === number || time.now() > met.at + hearsayMs)) early += 1
        const oneWay = (roundTripMs[0] + random() * (roundTripMs[1] - roundTripMs[0])) / 2
        await time.sleep(oneWay)
        calls += 1
        const wait = throttler(time.now())
        if (wait === null) {
          taken += 1
          lastAt = time.now()
        } else refused += 1
        await time.sleep(oneWay)
        if (wait === null) {
          pace.afterCall(tenantId, 'write', { kind: 'answered' })
          continue
        }
        if (retryAfter) {
          if (time.now() >= met.until) stops += 1
          met = { by: number, at: time.now(), until: time.now() + wait * 1000 }
        }
        pace.afterCall(tenantId, 'write', { kind: 'throttled', retryAfterSeconds: retryAfter ? wait : null })
        void comeBack(wait)
      }
    }
    await Promise.all(Array.from({ length: inFlight / workers }, hold))
  }
  const comeBack = async (seconds: number): Promise<void> => {
    await time.sleep(seconds * 1000)
    left += 1
  }

  for (let n = 0; n < workers; n += 1) void worker(n)
  await time.runUntil(() => taken >= removals)
  const seconds = lastAt / 1000
  return {
    rate: removals / seconds,
    refusedShare: refused / calls,
    stops,
    sentWhileForbidden: early,
    busy,
    changesPerSecond: states.changes() / seconds,
    seconds,
  }
}
