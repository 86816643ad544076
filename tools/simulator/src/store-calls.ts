import type { Unavailable } from '@lethe/application'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backstage } from './backstage.js'
import { type Call, callPort } from './calls.js'
import type { Strand } from './strand.js'

export const down: Unavailable = { _tag: 'Unavailable', retryAfterSeconds: 1 }

/** Makes a call of the store a task that goes through the weather. */
export type StoreCalls = <R, A>(
  call: Pick<Call<R | Unavailable, A>, 'name' | 'run'> & Partial<Call<R | Unavailable, A>>,
) => TaskEither<R | Unavailable, A>

/** Calls of the store by one strand of a process. */
export const storeCalls = ({ stage, crash }: Backstage, strand: Strand): StoreCalls => {
  const callOf = callPort(stage, crash, strand)
  return <R, A>(
    call: Pick<Call<R | Unavailable, A>, 'name' | 'run'> & Partial<Call<R | Unavailable, A>>,
  ): TaskEither<R | Unavailable, A> =>
    () =>
      callOf<R | Unavailable, A>({
        port: 'store',
        about: () => '',
        unavailable: () => down,
        answerLost: () => down,
        ...call,
      })
}
