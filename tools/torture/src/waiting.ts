import { setTimeout } from 'node:timers/promises'

/** Longer than anything takes, however slow the machine is: only a hang reaches this limit, in milliseconds. */
export const hang = 10 * 60_000

/**
 * Waits until something is so.
 *
 * @param limit milliseconds to wait at most.
 * @param pause milliseconds between two looks.
 * @returns whether it is.
 */
export const until = async (
  isSo: () => boolean | Promise<boolean>,
  limit: number,
  pause = 20,
): Promise<boolean> => {
  const end = performance.now() + limit
  for (;;) {
    if (await isSo()) return true
    if (performance.now() > end) return false
    await setTimeout(pause)
  }
}

/**
 * Waits for something, but not for ever.
 *
 * @param limit milliseconds to wait at most.
 * @returns null where that was not long enough.
 */
export const within = async <A>(done: Promise<A>, limit: number): Promise<A | null> => {
  const stop = new AbortController()
  try {
    return await Promise.race([done, setTimeout(limit, null, { signal: stop.signal })])
  } finally {
    stop.abort()
  }
}
