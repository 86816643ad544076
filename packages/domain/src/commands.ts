import type { ApprovalPolicy } from './approval.js'
import type { WorkingCalendar } from './deadline.js'
import type {
  ActorReference,
  BatchId,
  HolderName,
  NoteReference,
  RemovalRequestId,
  SubjectCommitment,
  TenantId,
} from './identifiers.js'
import type { AbsenceRule, BlockedBy, FailureReason, HolderAnswer, RetrySchedule } from './removal-plan.js'
import type { AbandonmentCode, DenialCode, LastLook, ReadBackResult } from './removal-event.js'
import type { InboundSharedUserProfile } from './shared-profile.js'
import type { Instant } from './time.js'

export interface Submit {
  readonly tenantId: TenantId
  readonly id: RemovalRequestId
  readonly subject: SubjectCommitment
  readonly profile: InboundSharedUserProfile
  readonly by: ActorReference
  readonly at: Instant
  /** When the person asked. */
  readonly receivedAt: Instant
  /** Whether somebody has confirmed a receipt of over a year ago. */
  readonly receivedConfirmed?: boolean
  readonly policy: ApprovalPolicy
  /** Days from the submission after which an undecided request expires; null for never. */
  readonly expiresAfterDays: number | null
  readonly calendar: WorkingCalendar
  readonly holders: ReadonlyArray<HolderName>
  /** The batch that it is a part of; null for none. */
  readonly batch: BatchId | null
}
export interface Join {
  readonly by: ActorReference
  readonly at: Instant
  /** When the person asked; null where the one who joins does not say. */
  readonly receivedAt: Instant | null
  /** As in the submission of a request. */
  readonly receivedConfirmed?: boolean
  readonly calendar: WorkingCalendar
  /** A batch that the request is to be a part of as well; null for none. */
  readonly batch: BatchId | null
}
export interface Approve {
  readonly by: ActorReference
  readonly guest: boolean
  readonly at: Instant
}
export interface Deny {
  readonly by: ActorReference
  readonly code: DenialCode
  readonly note: NoteReference | null
  readonly at: Instant
}
export interface Withdraw {
  readonly by: ActorReference
  /** Whether this caller may withdraw everybody's requests, or only their own. */
  readonly reach: 'any' | 'own'
  readonly at: Instant
}
export interface Retry {
  readonly by: ActorReference
  readonly at: Instant
}
export interface Close {
  readonly by: ActorReference
  readonly code: AbandonmentCode
  readonly note: NoteReference | null
  /** What was seen of the holders; one that is left out was not looked at. */
  readonly lastLook: ReadonlyArray<LastLook>
  readonly at: Instant
}
export interface Expire {
  readonly at: Instant
}
export interface Start {
  readonly holders: ReadonlyArray<HolderName>
  /** When a profile counts as gone. */
  readonly absence: AbsenceRule
  readonly at: Instant
}
/** How asking a holder to remove ended. */
export type RemovalResult =
  | { readonly kind: 'removed' | 'absent' | 'unknownOutcome' }
  | { readonly kind: 'retryLater'; readonly afterSeconds: number | null }
  | { readonly kind: 'failed'; readonly reason: FailureReason }
export interface RecordHolderResult {
  readonly holder: HolderName
  readonly result: RemovalResult
  /** What it said where that settled nothing. */
  readonly answer?: HolderAnswer
  /** Whether the holder was asked to remove, or only read. */
  readonly called: boolean
  readonly schedule: RetrySchedule
  readonly at: Instant
}
export interface RecordReadBack {
  readonly holder: HolderName
  readonly result:
    | { readonly kind: Exclude<ReadBackResult, 'unknown'> }
    /** `afterSeconds`: how long the holder asked to wait; null or absent where it did not. */
    | { readonly kind: 'unknown'; readonly afterSeconds?: number | null }
    | { readonly kind: 'failed'; readonly reason: FailureReason }
  /** What it said where that settled nothing. */
  readonly answer?: HolderAnswer
  readonly removalRepeated: boolean
  readonly schedule: RetrySchedule
  readonly at: Instant
}
export interface RecordBlock {
  readonly holder: HolderName
  readonly blockedBy: BlockedBy
  /** When to try again. */
  readonly retryAt: Instant
  readonly at: Instant
}
export interface Fail {
  readonly reason: FailureReason
  readonly at: Instant
}

export type RemovalCommand =
  | ({ readonly type: 'submit' } & Submit)
  | ({ readonly type: 'join' } & Join)
  | ({ readonly type: 'approve' } & Approve)
  | ({ readonly type: 'deny' } & Deny)
  | ({ readonly type: 'expire' } & Expire)
  | ({ readonly type: 'withdraw' } & Withdraw)
  | ({ readonly type: 'start' } & Start)
  | ({ readonly type: 'recordHolderResult' } & RecordHolderResult)
  | ({ readonly type: 'recordReadBack' } & RecordReadBack)
  | ({ readonly type: 'recordBlock' } & RecordBlock)
  | ({ readonly type: 'fail' } & Fail)
  | ({ readonly type: 'retry' } & Retry)
  | ({ readonly type: 'close' } & Close)
