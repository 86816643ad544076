import type { Io } from '../io.js'

/** Keeps all that runs side by side waiting while the server asks for it. */
export interface Patience {
  /** Waits until the server may be asked. */
  readonly turn: () => Promise<void>
  /**
   * The server cannot be asked, or asks to wait.
   *
   * @param attempt how often the same thing was asked in vain, from 0.
   * @param retryAfter milliseconds that the server asks for; null where it names none.
   */
  readonly refused: (attempt: number, retryAfter: number | null, why: string) => Promise<void>
  /** The server answered. */
  readonly answered: () => Promise<void>
}

const firstPause = 500
const longestPause = 30_000
/** A mistaken Retry-After must not silence a run for ever. */
const longestPauseAskedFor = 3_600_000
/** A shorter wait is not worth a word. */
const worthSaying = 2000

export const patienceOf = (
  { now, sleep, interrupted }: Pick<Io, 'now' | 'sleep' | 'interrupted'>,
  say: (text: string) => Promise<void>,
  random: () => number,
): Patience => {
  let until = 0
  let said = false
  return {
    turn: async () => {
      while (now() < until && !interrupted.aborted) await sleep(until - now())
    },
    refused: async (attempt, retryAfter, why) => {
      const backOff = Math.min(firstPause * 2 ** attempt, longestPause) * (0.5 + random() / 2)
      const pause = Math.max(Math.min(retryAfter ?? 0, longestPauseAskedFor), backOff)
      until = Math.max(until, now() + pause)
      if (said || (pause < worthSaying && attempt < 2)) return
      said = true
      await say(`the server asks to wait, or cannot be asked; going on as soon as it can. ${why}`)
    },
    answered: async () => {
      if (!said || now() < until) return
      said = false
      await say('the server answers again.')
    },
  }
}
