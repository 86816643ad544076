import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { nap } from './nap.js'
import { paceFrom, stateOf } from './pace-record.js'
import type { SharedPaceDeps } from './pace-deps.js'
import { lookAheadMs, patienceMs, takeTurns, type Turn } from './taking-turns.js'
import { untold } from './untold.js'

/** No turn, and the seconds after which there may be one. */
interface Busy {
  readonly _tag: 'Busy'
  readonly afterSeconds: number
}

/** The pace of one tenant, as one process sees it. */
export interface TenantPace {
  readonly write: TaskEither<Busy, void>
  readonly read: TaskEither<Busy, void>
  readonly answered: () => void
  readonly refused: (ofWrite: boolean, retryAfterSeconds: number | null) => void
}

/** Somebody who waits for a turn. */
interface Waiting {
  readonly since: number
  readonly end: (outcome: E.Either<Busy, void>) => void
  readonly fail: (bug: unknown) => void
}

/** The store is asked this much before the turns that it gave have run out, in milliseconds. */
const aheadMs = 70
/** It is asked no more often than this, but for the news of a 429. */
const leastGapMs = 60
/** After this time the store is told of answers while nobody waits for a turn. */
const tellMs = 250

export const tenantPace = (deps: SharedPaceDeps, tenantId: TenantId): TenantPace => {
  const { states, clock, sleep, random } = deps
  const { rest, stir } = nap(sleep)
  const news = untold(clock)
  let waiting: ReadonlyArray<Waiting> = []
  /** Nothing is sent before, as far as this process knows. */
  let forbiddenUntil = 0
  /** Turns that were given in an earlier epoch are void: a 429 came since. */
  let epoch = 0
  let looking = false
  let askedAt = Number.NEGATIVE_INFINITY

  /** Tells the store what is new, and gets turns. @returns for how long it need not be asked; null where it cannot be. */
  const ask = async (): Promise<number | null> => {
    const [asked, told, asking] = [waiting, news.take(), epoch]
    askedAt = clock()
    const done = await states.change(tenantId, (state, nowMs) => {
      const now = clock()
      const waitedMs = asked.map(({ since }) => now - since)
      const [pace, turns] = takeTurns(
        paceFrom(state, nowMs),
        nowMs,
        { feedback: told.feedbackAt(now), waitedMs },
        random,
      )
      return [stateOf(pace), { turns, until: now + pace.forbiddenUntil - nowMs }]
    })()
    if (E.isLeft(done)) {
      told.putBack()
      const { retryAfterSeconds } = done.left
      sendOff(asked, caller => {
        caller.end(busy(retryAfterSeconds))
        return true
      })
      return null
    }
    const { turns, until } = done.right
    const current = asking === epoch
    forbid(until)
    const given = current ? epoch : asking
    sendOff(asked, (caller, index) => settle(caller, turns[index], given))
    return nextLook(turns)
  }

  /** Another worker may have met a Retry-After: what was given before is void, here too. */
  const forbid = (until: number): void => {
    if (until > forbiddenUntil + 1 && until > clock()) epoch += 1
    forbiddenUntil = Math.max(forbiddenUntil, until)
  }

  /** Takes those off the list who are done with. Others may have come in the meantime, at either end. */
  const sendOff = (
    asked: ReadonlyArray<Waiting>,
    isDone: (caller: Waiting, index: number) => boolean,
  ): void => {
    const gone = new Set(asked.filter(isDone))
    waiting = waiting.filter(caller => !gone.has(caller))
  }

  const settle = (caller: Waiting, turn: Turn | undefined, given: number): boolean => {
    if (turn === undefined) return false
    switch (turn.kind) {
      case 'given':
        // A 429 came while the store was asked: this one goes on waiting.
        if (given !== epoch) return false
        void release(caller, turn.afterMs, given)
        return true
      case 'later':
        return false
      case 'busy':
        caller.end(busy(turn.afterSeconds))
        return true
    }
  }

  const release = async (caller: Waiting, afterMs: number, given: number): Promise<void> => {
    if (afterMs >= 1) await sleep(afterMs)
    if (given === epoch) {
      caller.end(E.right(undefined))
      return
    }
    waiting = [caller, ...waiting]
    wake()
  }

  const look = async (): Promise<void> => {
    try {
      for (;;) {
        if (waiting.length === 0 && !news.isUrgent()) {
          if (news.isEmpty()) break
          await rest(tellMs)
        }
        const gapMs = askedAt + leastGapMs - clock()
        if (gapMs > 0 && !news.isUrgent()) await rest(gapMs)
        const pauseMs = await ask()
        if (pauseMs === null) break
        if (waiting.length > 0 && !news.isUrgent())
          await rest(news.isEmpty() ? pauseMs : Math.min(pauseMs, tellMs))
      }
    } catch (bug) {
      for (const { fail } of waiting) fail(bug)
      waiting = []
    }
    looking = false
    if (waiting.length > 0) wake()
  }

  function wake(): void {
    if (looking) return
    looking = true
    void look()
  }

  return {
    write: () =>
      new Promise((end, fail) => {
        if (waiting.length === 0) stir()
        waiting = [...waiting, { since: clock(), end, fail }]
        wake()
      }),
    read: async () => {
      const since = clock()
      for (;;) {
        const waitMs = forbiddenUntil - clock()
        if (waitMs <= 0) return E.right(undefined)
        if (clock() - since + waitMs > patienceMs) return busy(Math.ceil(waitMs / 1000))
        await sleep(waitMs)
      }
    },
    answered: () => {
      news.answered()
      wake()
    },
    refused: (ofWrite, retryAfterSeconds) => {
      const retryAt = retryAfterSeconds === null ? null : clock() + retryAfterSeconds * 1000
      news.refused({ ofWrite, retryAt })
      if (ofWrite || retryAt !== null) epoch += 1
      if (retryAt !== null) forbiddenUntil = Math.max(forbiddenUntil, retryAt)
      stir()
      wake()
    },
  }
}

const busy = (afterSeconds: number): E.Either<Busy, never> => E.left({ _tag: 'Busy', afterSeconds })

/** When to ask again: a little before the turns that were given are over, or before the first one that was not. */
const nextLook = (turns: ReadonlyArray<Turn>): number => {
  const later = turns.find(turn => turn.kind === 'later')
  return later === undefined ? lookAheadMs - aheadMs : Math.max(later.afterMs - aheadMs, 0)
}
