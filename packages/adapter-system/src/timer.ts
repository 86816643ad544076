import { setTimeout as delay } from 'node:timers/promises'
import type { Timer } from '@lethe/application'
import * as O from 'fp-ts/lib/Option.js'

/** The timer of the machine. */
export const systemTimer: Timer = {
  within: (seconds, task) => async () => {
    const waiting = new AbortController()
    try {
      return await Promise.race([
        task().then(O.some),
        delay(seconds * 1000, O.none, { signal: waiting.signal }),
      ])
    } catch {
      return O.none
    } finally {
      waiting.abort()
    }
  },
}
