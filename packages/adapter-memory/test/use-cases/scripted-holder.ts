import type { DataHolder, HolderProblem } from '@lethe/application'
import type { Instant } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** How a call ends, instead of as it would. */
export type RemoveScript =
  | { readonly problem: HolderProblem; readonly effect: boolean }
  /** It takes the call and does nothing. */
  | 'acceptedWithoutEffect'
export type ReadBackScript = HolderProblem | 'absent' | 'present' | 'husk' | 'notSupported'

/** How calls end, the first of each kind first; what is not scripted goes to the holder behind. */
export interface Script {
  readonly removes?: ReadonlyArray<RemoveScript>
  readonly readBacks?: ReadonlyArray<ReadBackScript>
}

/** A holder that goes by a script as long as there is one, and then does what it really does. */
export interface ScriptedHolder extends DataHolder {
  readonly removes: Array<RemoveScript>
  readonly readBacks: Array<ReadBackScript>
  /** The calls so far, and when they came. */
  readonly calls: Array<{ readonly call: 'remove' | 'readBack'; readonly at: Instant }>
}

export const scripted = (holder: DataHolder, now: () => Instant, script: Script = {}): ScriptedHolder => {
  const removes = [...(script.removes ?? [])]
  const readBacks = [...(script.readBacks ?? [])]
  const calls: ScriptedHolder['calls'] = []
  return {
    name: holder.name,
    removes,
    readBacks,
    calls,
    remove: removal => async () => {
      calls.push({ call: 'remove', at: now() })
      const next = removes.shift()
      if (next === undefined) return holder.remove(removal)()
      if (next === 'acceptedWithoutEffect') return TE.right<HolderProblem, 'removed'>('removed')()
      if (next.effect) await holder.remove(removal)()
      return TE.left(next.problem)()
    },
    readBack: (tenantId, userId) => async () => {
      calls.push({ call: 'readBack', at: now() })
      const next = readBacks.shift()
      if (next === undefined) return holder.readBack(tenantId, userId)()
      return typeof next === 'string' ? TE.right(next)() : TE.left(next)()
    },
  }
}

/** The calls of one kind. */
export const callsOf = ({ calls }: ScriptedHolder): ReadonlyArray<'remove' | 'readBack'> =>
  calls.map(({ call }) => call)

export const retryLater = (afterSeconds: number | null = null): HolderProblem => ({
  _tag: 'RetryLater',
  afterSeconds,
  sent: true,
})
export const unsentYet: HolderProblem = { _tag: 'RetryLater', afterSeconds: null, sent: false }
export const notYet = (afterSeconds: number): HolderProblem => ({ _tag: 'NotYet', afterSeconds })
export const unknownOutcome: HolderProblem = { _tag: 'UnknownOutcome' }
export const refused: HolderProblem = { _tag: 'Refused' }
export const signInRequired: HolderProblem = { _tag: 'SignInRequired', sent: true }
