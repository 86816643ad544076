import * as E from 'fp-ts/lib/Either.js'
import {
  decide,
  evolve,
  type RemovalCommand,
  type RemovalEvent,
  type RemovalRefusal,
  type RemovalRequest,
} from '../../src/index.js'
import { rightOf } from './decoded.js'

export type State = RemovalRequest | null

/** One command, and what came of it. */
export interface Step {
  readonly command: RemovalCommand
  readonly before: State
  readonly decided: E.Either<RemovalRefusal, ReadonlyArray<RemovalEvent>>
  /** Those that were decided; none for a refusal. */
  readonly events: ReadonlyArray<RemovalEvent>
  readonly after: State
}

export const stateAfter = (before: State, events: ReadonlyArray<RemovalEvent>): State =>
  events.reduce<State>(evolve, before)

export const take = (before: State, command: RemovalCommand): Step => {
  const decided = decide(command)(before)
  const events = E.isRight(decided) ? decided.right : []
  return { command, before, decided, events, after: stateAfter(before, events) }
}

/** Runs commands one after the other; what is refused changes nothing. */
export const run = (commands: ReadonlyArray<RemovalCommand>, from: State = null): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  let state = from
  for (const command of commands) {
    const step = take(state, command)
    steps.push(step)
    state = step.after
  }
  return steps
}

/** Runs commands of which none may be refused, and gives the state that they reach. */
export const reach = (commands: ReadonlyArray<RemovalCommand>, from: State = null): State =>
  commands.reduce<State>((state, command) => stateAfter(state, rightOf(decide(command)(state))), from)

/** The request that commands reach, of which none may be refused. */
export const requestAfter = (commands: ReadonlyArray<RemovalCommand>, from: State = null): RemovalRequest => {
  const state = reach(commands, from)
  if (state === null) throw new Error('The commands of the test made no request.')
  return state
}

export const eventsOf = (steps: ReadonlyArray<Step>): ReadonlyArray<RemovalEvent> =>
  steps.flatMap(step => step.events)
