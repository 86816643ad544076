import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'

/** Why a call was given up. */
export type Stop = 'timedOut' | 'shutDown'

/** How long a call may go on. */
export interface Scope {
  /** Aborted with a `Stop`. */
  readonly signal: AbortSignal
  readonly stop: (why: Stop) => void
  /** Milliseconds left. */
  readonly leftMs: () => number
  /** To be called when the call has ended. */
  readonly end: () => void
}

/** @param limitMs after which it is stopped as timed out. */
export const openScope = (limitMs: number): Scope => {
  const controller = new AbortController()
  const endsAt = performance.now() + limitMs
  const stop = (why: Stop): void => controller.abort(why)
  const timer = setTimeout(stop, limitMs, 'timedOut')
  return {
    signal: controller.signal,
    stop,
    leftMs: () => endsAt - performance.now(),
    end: () => clearTimeout(timer),
  }
}

/** @returns why the signal was aborted. */
export const stopOf = (signal: AbortSignal): Stop => (signal.reason === 'shutDown' ? 'shutDown' : 'timedOut')

/** Waits for a task, but not after the signal: then `Stop` is returned, and what the task gives is dropped. */
export const unlessStopped = async <A>(signal: AbortSignal, task: Task<A>): Promise<E.Either<Stop, A>> => {
  if (signal.aborted) return E.left(stopOf(signal))
  const { promise, resolve } = Promise.withResolvers<E.Either<Stop, A>>()
  const onAbort = (): void => resolve(E.left(stopOf(signal)))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, task().then(value => E.right(value))])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Waits for so many milliseconds. @returns false where the signal came first. */
export const pause = async (signal: AbortSignal, ms: number): Promise<boolean> => {
  if (signal.aborted) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, ms, true)
  const onAbort = (): void => resolve(false)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
