import type { Feedback } from './learning.js'

/** A 429, and when the calls may go on by the clock of this process; null where it did not say. */
interface Met {
  readonly ofWrite: boolean
  readonly retryAt: number | null
}

/** What was taken to be told. */
interface Taken {
  /** As it looks at a moment of this process's clock. */
  readonly feedbackAt: (now: number) => Feedback
  /** It could not be told. */
  readonly putBack: () => void
}

/** What a process has learned and the store was not told yet. */
export interface Untold {
  readonly answered: () => void
  readonly refused: (met: Met) => void
  readonly isEmpty: () => boolean
  /** Whether there is a 429 that may begin an event: other workers are to know at once. */
  readonly isUrgent: () => boolean
  readonly take: () => Taken
}

/** 429 that come this soon after one another are one piece of news, in milliseconds. */
const togetherMs = 250
/** More would only say the same. */
const mostKept = 100

export const untold = (clock: () => number): Untold => {
  let answered = 0
  let met: ReadonlyArray<Met> = []
  let urgent = false
  let lastMetAt = Number.NEGATIVE_INFINITY
  return {
    answered: () => {
      answered += 1
    },
    refused: refusal => {
      met = [...met, refusal].slice(-mostKept)
      if (clock() > lastMetAt + togetherMs) urgent = true
      lastMetAt = clock()
    },
    isEmpty: () => answered === 0 && met.length === 0,
    isUrgent: () => urgent,
    take: () => {
      const taken = { answered, met }
      answered = 0
      met = []
      urgent = false
      return {
        feedbackAt: now => ({
          answered: taken.answered,
          refusals: taken.met.map(({ ofWrite, retryAt }) => ({
            ofWrite,
            waitMs: retryAt === null ? null : Math.max(retryAt - now, 0),
          })),
        }),
        putBack: () => {
          answered += taken.answered
          met = [...taken.met, ...met].slice(-mostKept)
        },
      }
    },
  }
}
