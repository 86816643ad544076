import type { Throttled } from '@lethe/application'
import type { Caller } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** Does something of a caller when there is room for it beside what else of theirs is done. */
export type InTurn = <A>(caller: Caller, work: () => Promise<A>) => TaskEither<Throttled, A>

export interface Turns {
  /** How much of one caller is done at a time. */
  readonly atOnce: number
  /** How much more of theirs may wait; what comes then is throttled. */
  readonly mostWaiting: number
}

/** Makes each caller wait for themselves alone, in the order in which they asked. A caller of whom nothing is left is forgotten. */
export const turnsOfCallers = ({ atOnce, mostWaiting }: Turns): InTurn => {
  const callers = new Map<string, { underWay: number; readonly waiting: Array<() => void> }>()
  return (caller, work) => async () => {
    const key = keyOf(caller)
    const turns = callers.get(key) ?? { underWay: 0, waiting: [] }
    callers.set(key, turns)
    if (turns.underWay < atOnce) turns.underWay += 1
    else if (turns.waiting.length < mostWaiting)
      // The one before hands its turn on.
      await new Promise<void>(resolve => turns.waiting.push(resolve))
    else return E.left({ _tag: 'Throttled', retryAfterSeconds: 1 })
    try {
      return E.right(await work())
    } finally {
      const next = turns.waiting.shift()
      if (next === undefined) turns.underWay -= 1
      else next()
      if (turns.underWay === 0) callers.delete(key)
    }
  }
}

/** All personal accounts are one: they may do nothing, and none of them says who they are. */
const keyOf = (caller: Caller): string => {
  switch (caller.kind) {
    case 'workAccount':
      return `${caller.tenantId} ${caller.userId}`
    case 'application':
      return `${caller.tenantId} application ${caller.appId}`
    case 'personalAccount':
      return 'personalAccount'
  }
}
