import type { Clock } from '@lethe/application'
import type { Random } from './random.js'
import type { SimulatedTime } from './simulated-time.js'

/** A process of the system: it may die between any two steps, and take with it what it held in memory. */
export interface Process {
  readonly name: string
  readonly kind: 'api' | 'worker'
  /** Its own clock, which need not show what that of the store shows. */
  readonly clock: Clock
}

/** Something that goes on when it is given its turn: a call of a port, an answer on its way, the end of a sleep. */
export interface Turn {
  /** Whose turn it is; null for what belongs to the world. */
  readonly owner: Process | null
  /** Not earlier than so many milliseconds after the beginning. */
  readyAt: number
  readonly go: () => Promise<void>
}

/** Who goes on next. */
export interface Scheduler {
  readonly add: (turn: Turn) => void
  /** Takes one of those that are ready, as chance will have it; null where none is. */
  readonly take: () => Turn | null
  /** When the next turn is ready; null where there is none. */
  readonly nextAt: () => number | null
  /** How many turns processes of a kind wait for. */
  readonly waiting: (kind: Process['kind']) => number
  /** Forgets the turns of a process that died: it never goes on. */
  readonly forget: (owner: Process) => void
}

export const createScheduler = (random: Random, time: SimulatedTime): Scheduler => {
  let turns: Array<Turn> = []
  return {
    add: turn => {
      turns.push(turn)
    },
    take: () => {
      const now = time.elapsed()
      const ready = turns.filter(({ readyAt }) => readyAt <= now)
      if (ready.length === 0) return null
      const next = random.pick(ready)
      turns.splice(turns.indexOf(next), 1)
      return next
    },
    nextAt: () => (turns.length === 0 ? null : Math.min(...turns.map(({ readyAt }) => readyAt))),
    waiting: kind => turns.filter(({ owner }) => owner?.kind === kind).length,
    forget: owner => {
      turns = turns.filter(turn => turn.owner !== owner)
    },
  }
}

/**
 * Resolves when nothing goes on by itself any more: every process waits for an answer, or sleeps. Nothing in here waits
 * for anything outside, and Node runs what is due at the next tick once all microtasks have run.
 */
export const settled = async (): Promise<void> =>
  new Promise(resolve => {
    process.nextTick(resolve)
  })
