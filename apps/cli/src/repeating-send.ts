import * as E from 'fp-ts/lib/Either.js'
import type { Send } from './client.js'
import type { Io } from './io.js'
import { type ClientRefusal, interrupted } from './refusal.js'

const mostRepeats = 3
const longestWait = 30_000

/**
 * Repeats what the server asks to repeat later (429 and 503 with Retry-After): at most three times, and waiting 30 s in
 * all. POSTs too, for by the API's design a repeat joins.
 *
 * @param send does a call once.
 */
export const repeating =
  (io: Pick<Io, 'sleep' | 'interrupted'>, send: Send): Send =>
  call =>
  async () => {
    let waited = 0
    for (let repeats = 0; ; repeats += 1) {
      const answer = await send(call)()
      const wait = E.isLeft(answer) ? pauseAskedFor(answer.left) : null
      if (wait === null || repeats === mostRepeats || waited + wait > longestWait) return answer
      waited += wait
      await io.sleep(wait)
      if (io.interrupted.aborted) return E.left(interrupted)
    }
  }

/** RFC 9110 and RFC 6585 give Retry-After to 503 and 429; on what else a proxy answers it means nothing. */
const pauseAskedFor = (refusal: ClientRefusal): number | null =>
  (refusal._tag === 'Throttled' || refusal._tag === 'Unavailable') &&
  (refusal.status === 429 || refusal.status === 503)
    ? refusal.retryAfter
    : null
