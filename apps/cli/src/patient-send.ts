import * as E from 'fp-ts/lib/Either.js'
import type { Send } from './client.js'
import { isPassing } from './exit-codes.js'
import type { Io } from './io.js'
import { messagesOf } from './refusal-messages.js'
import { type ClientRefusal, interrupted } from './refusal.js'

const firstPause = 1000
const longestPause = 30_000
/** A mistaken Retry-After must not silence a watch for ever. */
const longestPauseAskedFor = 3_600_000

export interface PatientSendDeps {
  readonly io: Pick<Io, 'sleep' | 'interrupted'>
  readonly say: (text: string) => Promise<void>
  /** Does a call once. */
  readonly send: Send
}

/**
 * Repeats a call for as long as the server cannot be asked (exit code 5), so that whoever reads many pages goes on with
 * the page where it stopped. Says so once, and when the server is back. Waits 1 s, then twice as long each time up to
 * 30 s, and longer where the server asks for it.
 *
 * @returns only refusals that do not pass by themselves.
 */
export const patient =
  ({ io, say, send }: PatientSendDeps): Send =>
  call =>
  async () => {
    for (let failures = 0; ; failures += 1) {
      const answer = await send(call)()
      if (E.isRight(answer) || !isPassing(answer.left)) {
        if (failures > 0 && !io.interrupted.aborted) await say('the server answers again.')
        return answer
      }
      if (failures === 0)
        await say(`the server cannot be asked; trying until it can. ${messagesOf(answer.left).join(' ')}`)
      await io.sleep(pauseAfter(failures, answer.left))
      if (io.interrupted.aborted) return E.left(interrupted)
    }
  }

const pauseAfter = (failures: number, refusal: ClientRefusal): number => {
  const asked = 'retryAfter' in refusal ? (refusal.retryAfter ?? 0) : 0
  return Math.max(Math.min(firstPause * 2 ** failures, longestPause), Math.min(asked, longestPauseAskedFor))
}
