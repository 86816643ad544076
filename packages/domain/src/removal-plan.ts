import * as t from 'io-ts'
import type { HolderName } from './identifiers.js'
import type { Instant } from './time.js'

export const FailureReason = t.keyof(
  {
    /** The holder said no, and would say so again. */
    refused: null,
    /** The credential for the holder no longer holds: somebody has to sign in again. */
    signInRequired: null,
    /** The holder did not answer, or asked to wait, for as long as Lethe tries. */
    holderUnavailable: null,
    /** The profile was still there when the time to wait for it to go was over. */
    stillPresent: null,
    /** The plan names a holder that is not configured any more. */
    holderNotConfigured: null,
    /** The reference to the data subject was erased before the removal. */
    subjectErased: null,
    /** The person whom the store names is not the one that the history commits to: somebody changed the store by hand. */
    subjectDiffers: null,
    /** The approvals that the policy asks for are not in the history. */
    notApproved: null,
    /** The worker could not do its job for as long as it tries. */
    workerFailed: null,
  },
  'FailureReason',
)
export type FailureReason = t.TypeOf<typeof FailureReason>

const word = /^[\w-]{1,64}$/
const Word = t.refinement(t.string, text => word.test(text), 'a word of 1 to 64 letters, digits, - or _')

/**
 * What a holder said with an answer that settled nothing, for its support and for the one who looks into it: codes only, never a
 * text, which could name people.
 */
export const HolderAnswer = t.exact(
  t.partial({
    /** The holder's own code, such as Graph's `error.code`; `husk` for a profile that is there without its names. */
    detail: Word,
    /** By which the holder's support finds the answer: Graph's header `request-id`. */
    holderRequestId: Word,
  }),
  'HolderAnswer',
)
export type HolderAnswer = t.TypeOf<typeof HolderAnswer>

/** @returns what of it is a word; what is none is left out. */
export const holderAnswer = (
  detail: string | null | undefined,
  holderRequestId: string | null | undefined,
): HolderAnswer => ({
  ...(Word.is(detail) ? { detail } : {}),
  ...(Word.is(holderRequestId) ? { holderRequestId } : {}),
})

export const BlockedBy = t.keyof(
  {
    /** The holder, or who issues tokens for it, takes Lethe's own credential no more: an administrator renews it. */
    credential: null,
    /** The holder lets Lethe's application remove nobody: an administrator consents anew. */
    permission: null,
  },
  'BlockedBy',
)
/** Why nothing can be done for anybody of a tenant, until an administrator acts. */
export type BlockedBy = t.TypeOf<typeof BlockedBy>

/** How often a profile must be found absent before it counts as gone. */
export interface AbsenceRule {
  /** Looks in a row, 1 or more. */
  readonly looks: number
  /** The first and the last of them are at least so far apart. */
  readonly seconds: number
}

/** What held before there was a rule. */
export const oneLook: AbsenceRule = { looks: 1, seconds: 0 }

export const Outcome = t.keyof({ verifiedAbsent: null, acceptedOnly: null }, 'Outcome')
/** How a removal ended well: read back as gone, or accepted by a holder that cannot be read back. */
export type Outcome = t.TypeOf<typeof Outcome>

/** How far one data holder of a request is. */
export interface HolderProgress {
  readonly name: HolderName
  /**
   * `pending`: not removed yet. `cleared`: the holder has removed, not read back yet. `verifiedAbsent` and
   * `acceptedOnly`: done. `failed`: not done, for the reason given.
   */
  readonly state: 'pending' | 'cleared' | Outcome | 'failed'
  /** Calls that asked the holder to remove. */
  readonly attempts: number
  /** Tries in a row, of calls or of read-backs, that brought nothing: the wait before the next one grows with them. */
  readonly tries: number
  readonly failure: FailureReason | null
  /** What it said when last it settled nothing. */
  readonly answer: HolderAnswer
  /** Since when nothing can be done at this holder for anybody of the tenant, and why; null where it can. */
  readonly blocked: { readonly by: BlockedBy; readonly at: Instant } | null
  /** Looks in a row that found the profile absent, and when the first of them was. */
  readonly absent: { readonly looks: number; readonly since: Instant } | null
  /** Whether the last call ended so that nobody knows whether it took effect: it is settled by reading back. */
  readonly unknownOutcome: boolean
}

/** A holder of which nothing is known yet. */
export const pendingHolder = (name: HolderName): HolderProgress => ({
  name,
  state: 'pending',
  attempts: 0,
  tries: 0,
  failure: null,
  answer: {},
  blocked: null,
  absent: null,
  unknownOutcome: false,
})

/** Changes the progress of the one holder of that name. */
export const updateHolder = (
  holders: ReadonlyArray<HolderProgress>,
  name: HolderName,
  change: (holder: HolderProgress) => HolderProgress,
): ReadonlyArray<HolderProgress> => holders.map(holder => (holder.name === name ? change(holder) : holder))

/**
 * The fold of all holders to one outcome: `verifiedAbsent` only where every one of them was read back as gone.
 *
 * @returns null while a holder is not done.
 */
export const outcomeOf = (holders: ReadonlyArray<HolderProgress>): Outcome | null => {
  if (holders.every(holder => holder.state === 'verifiedAbsent')) return 'verifiedAbsent'
  return holders.every(isDone) ? 'acceptedOnly' : null
}

/** Whether data may have been removed: a holder was asked to remove it, whatever became of the call. */
export const isAnyCalled = (holders: ReadonlyArray<HolderProgress>): boolean =>
  holders.some(holder => holder.attempts > 0 || holder.unknownOutcome)

/** Whether a holder needs nothing more. */
export const isDone = (holder: HolderProgress): boolean =>
  holder.state === 'verifiedAbsent' || holder.state === 'acceptedOnly'

/** The first holder that failed, once no holder is left in a state that work could still change. */
export const settledFailure = (
  holders: ReadonlyArray<HolderProgress>,
  unsettled: HolderProgress['state'],
): { readonly holder: HolderName; readonly reason: FailureReason } | null => {
  if (holders.some(holder => holder.state === unsettled)) return null
  const failed = holders.find(holder => holder.state === 'failed')
  return failed === undefined || failed.failure === null
    ? null
    : { holder: failed.name, reason: failed.failure }
}

/** When to try again, and until when. */
export interface RetrySchedule {
  readonly firstDelaySeconds: number
  /** Each further delay is this many times the one before. */
  readonly factor: number
  readonly longestDelaySeconds: number
  /** From the first try on; after that the attempt has failed. */
  readonly giveUpAfterSeconds: number
}

/**
 * @param tries how many tries there were, 1 or more.
 * @returns seconds to wait before the next one.
 */
export const delayAfter = (schedule: RetrySchedule, tries: number): number =>
  Math.min(
    schedule.longestDelaySeconds,
    schedule.firstDelaySeconds * schedule.factor ** Math.max(tries - 1, 0),
  )
