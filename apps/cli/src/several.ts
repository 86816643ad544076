import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Concerning, SingleRefusal } from './refusal.js'

/** One of several things to do, and what to call it where it is refused. */
export interface Task<A> {
  readonly subject: string
  readonly run: TE.TaskEither<SingleRefusal, A>
}

/** What became of several things. */
export interface Tried<A> {
  readonly done: ReadonlyArray<A>
  readonly refusals: ReadonlyArray<Concerning>
}

/** Tries each, one after another, whatever becomes of the others; only an interruption ends it early. */
export const tryEach =
  <A>(tasks: ReadonlyArray<Task<A>>) =>
  async (): Promise<Tried<A>> => {
    const done: Array<A> = []
    const refusals: Array<Concerning> = []
    for (const { subject, run } of tasks) {
      const result = await run()
      if (E.isRight(result)) done.push(result.right)
      else refusals.push({ subject, refusal: result.left })
      if (E.isLeft(result) && result.left._tag === 'Interrupted') break
    }
    return { done, refusals }
  }
