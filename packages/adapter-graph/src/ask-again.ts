import { type Ending, endings } from './endings.js'

/** How a read asks again. */
export interface Retrying {
  /** How many requests a read makes at most. */
  readonly attempts: number
  /** The pause before the second request is at most so long, in milliseconds; before each further one twice as long. */
  readonly firstMs: number
  readonly longestMs: number
}

export const defaultRetrying: Retrying = { attempts: 6, firstMs: 200, longestMs: 2000 }

/** A request is not worth sending with less than this left, in milliseconds. */
const shortestRequestMs = 50

/**
 * Says when a read that ended is tried again: after exponential back-off with full jitter, and not before Graph wants it.
 *
 * cockatiel's retry is not used: it can be told neither to stop waiting (on shutdown) nor how much time is left.
 *
 * @param attempt 1 after the first request.
 * @param leftMs what is left of the time of the call, in milliseconds.
 * @param random gives a number from 0 to 1.
 * @returns milliseconds; null where that is the end of it.
 */
export const askAgainAfter = <A>(
  { attempts, firstMs, longestMs }: Retrying,
  ending: Ending<A>,
  attempt: number,
  leftMs: number,
  random: () => number,
): number | null => {
  if (ending.kind === 'found' || !endings[ending.kind].asksAgain || attempt >= attempts) return null
  const jitter = random() * Math.min(longestMs, firstMs * 2 ** (attempt - 1))
  const delayMs = Math.max(jitter, (ending.retryAfterSeconds ?? 0) * 1000)
  return delayMs + shortestRequestMs > leftMs ? null : delayMs
}
