import { grown } from './growing.js'
import { type Feedback, withAnswers, withRefusal } from './learning.js'
import type { PaceRecord } from './pace-record.js'

/** What becomes of a caller who asks for a turn. */
export type Turn =
  /** It may call after so many milliseconds; the turn is its own. */
  | { readonly kind: 'given'; readonly afterMs: number }
  /** The turn is not far, and not its own yet: it is to ask again. */
  | { readonly kind: 'later'; readonly afterMs: number }
  /** The turn is too far ahead to wait for. */
  | { readonly kind: 'busy'; readonly afterSeconds: number }

/** So far ahead turns are given, in milliseconds: what another worker learns in the meantime comes too late for them. */
export const lookAheadMs = 150
/** A turn that nobody took in time may be taken this much later. */
const lateMs = 10
/** How long a caller may be kept waiting, in milliseconds. */
export const patienceMs = 5000
/** More callers are told to come back than there are turns, in case the rate grows. */
const overbooking = 1.25
/** Nobody is told to come back later than that after the next turn, in seconds: the rate may have grown by then. */
const longestHintSeconds = 60

/** What a process tells and asks for. */
export interface Asking {
  readonly feedback: Feedback
  /** For how long each caller has waited, in milliseconds, the first one first. */
  readonly waitedMs: ReadonlyArray<number>
}

/**
 * Takes in what a process learned, and gives turns to its callers, each a fixed distance after the one before (GCRA). A caller who
 * is not given one leaves no trace, so that no turn is lost.
 *
 * @param random gives a number from 0 up to 1.
 */
export const takeTurns = (
  pace: PaceRecord,
  nowMs: number,
  { feedback, waitedMs }: Asking,
  random: () => number,
): readonly [PaceRecord, ReadonlyArray<Turn>] => {
  const measured = withAnswers(pace, feedback.answered, nowMs)
  const seconds = Math.min(Math.max((nowMs - pace.measuredAt) / 1000, 0), 1)
  const raised = isUsedUp(pace, nowMs) ? grown(measured, seconds) : measured
  const learned = feedback.refusals.reduce((so, refusal) => withRefusal(so, refusal, nowMs, random), raised)
  return giveTurns(learned, nowMs, waitedMs, random)
}

/** Whether turns were taken as they came, so that the rate was put to the test. */
const isUsedUp = ({ nextAt }: PaceRecord, nowMs: number): boolean => nextAt > nowMs - lateMs

const giveTurns = (
  pace: PaceRecord,
  nowMs: number,
  waitedMs: ReadonlyArray<number>,
  random: () => number,
): readonly [PaceRecord, ReadonlyArray<Turn>] => {
  const interval = 1000 / pace.rate
  const first = Math.max(pace.nextAt, pace.forbiddenUntil, nowMs - lateMs)
  const latest = Math.max(first, nowMs) + longestHintSeconds * 1000
  let given = 0
  let stay = 0
  let hintedUntil = Math.max(pace.hintedUntil, nowMs)
  const turns = waitedMs.map((waited): Turn => {
    const at = first + stay * interval
    const waitMs = Math.max(at - nowMs, 0)
    if (waitMs <= lookAheadMs) {
      given += 1
      stay += 1
      return { kind: 'given', afterMs: waitMs }
    }
    if (waited + waitMs <= patienceMs) {
      stay += 1
      return { kind: 'later', afterMs: waitMs }
    }
    const hint = Math.max(at, hintedUntil)
    hintedUntil = Math.min(hint + interval / overbooking, latest)
    // Those for whom no turn is in sight come back at different times.
    const afterMs = hint < latest ? hint - nowMs : latest - nowMs - longestHintSeconds * 500 * random()
    return { kind: 'busy', afterSeconds: Math.ceil(afterMs / 1000) }
  })
  return [{ ...pace, hintedUntil, nextAt: given === 0 ? pace.nextAt : first + given * interval }, turns]
}
