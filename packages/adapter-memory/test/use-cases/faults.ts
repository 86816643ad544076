import type { Hook } from './ports-under-hook.js'

/** How a call of a port goes wrong. */
export const faults = ['crash before', 'crash after', 'unavailable before', 'answer lost'] as const
export type Fault = (typeof faults)[number]

/** Which calls go wrong, counted from 1 over all workers, and how. */
export type FaultPlan = ReadonlyMap<number, Fault>

/** The process died. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

export interface FaultyHook {
  readonly hook: Hook
  /** How many calls were made. */
  readonly count: () => number
}

export const faulty = (plan: FaultPlan): FaultyHook => {
  let count = 0
  return {
    count: () => count,
    hook: async call => {
      count += 1
      const fault = plan.get(count)
      if (fault === undefined) return call.run()
      switch (fault) {
        case 'crash before':
          throw new Crash(call.name)
        case 'crash after':
          await call.run()
          throw new Crash(call.name)
        case 'unavailable before':
          return call.failed
        case 'answer lost':
          await call.run()
          return call.answerLost
      }
    },
  }
}
