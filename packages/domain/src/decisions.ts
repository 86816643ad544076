import * as E from 'fp-ts/lib/Either.js'
import { type ApprovalPolicy, isApproved } from './approval.js'
import { dueAt, expiryOf, type WorkingCalendar } from './deadline.js'
import type {
  ActorReference,
  HolderName,
  NoteReference,
  RemovalRequestId,
  SubjectCommitment,
  TenantId,
} from './identifiers.js'
import {
  delayAfter,
  type FailureReason,
  type HolderProgress,
  isDone,
  outcomeOf,
  type RetrySchedule,
  settledFailure,
} from './removal-plan.js'
import type { DenialCode, Happening, ReadBackResult, RemovalEvent } from './removal-event.js'
import {
  evolve,
  type Failed,
  type RemovalRequest,
  type RemovalState,
  type Removing,
  type Verifying,
} from './removal-request.js'
import { isInboundTo, type InboundSharedUserProfile } from './shared-profile.js'
import { addSeconds, type Instant } from './time.js'

// --- what is asked ---------------------------------------------------------------------------------------------

export interface Submit {
  readonly tenantId: TenantId
  readonly id: RemovalRequestId
  readonly subject: SubjectCommitment
  readonly profile: InboundSharedUserProfile
  readonly by: ActorReference
  readonly at: Instant
  /** When the person asked. */
  readonly receivedAt: Instant
  readonly policy: ApprovalPolicy
  /** Days from the submission after which an undecided request expires; null for never. */
  readonly expiresAfterDays: number | null
  readonly calendar: WorkingCalendar
  readonly holders: ReadonlyArray<HolderName>
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
export interface Expire {
  readonly at: Instant
}
export interface Start {
  readonly holders: ReadonlyArray<HolderName>
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
  readonly removalRepeated: boolean
  readonly schedule: RetrySchedule
  readonly at: Instant
}
export interface Fail {
  readonly reason: FailureReason
  readonly at: Instant
}

export type RemovalCommand =
  | ({ readonly type: 'submit' } & Submit)
  | ({ readonly type: 'approve' } & Approve)
  | ({ readonly type: 'deny' } & Deny)
  | ({ readonly type: 'expire' } & Expire)
  | ({ readonly type: 'withdraw' } & Withdraw)
  | ({ readonly type: 'start' } & Start)
  | ({ readonly type: 'recordHolderResult' } & RecordHolderResult)
  | ({ readonly type: 'recordReadBack' } & RecordReadBack)
  | ({ readonly type: 'fail' } & Fail)
  | ({ readonly type: 'retry' } & Retry)

// --- what can be refused ---------------------------------------------------------------------------------------

/** The profile's home is the very tenant that it would be removed from. */
export interface NotInbound {
  readonly _tag: 'NotInbound'
}
/** The person cannot have asked later than now. */
export interface ReceivedInFuture {
  readonly _tag: 'ReceivedInFuture'
}
/** There is a request of that id. */
export interface AlreadySubmitted {
  readonly _tag: 'AlreadySubmitted'
}
/** There is no request of that id. */
export interface NotSubmitted {
  readonly _tag: 'NotSubmitted'
}
/** Whoever asked may not approve (four eyes). */
export interface SelfApproval {
  readonly _tag: 'SelfApproval'
}
/** Guests of the resource tenant do not approve. */
export interface GuestApproval {
  readonly _tag: 'GuestApproval'
}
/** A denial of the code `other` says why in a note. */
export interface NoteRequired {
  readonly _tag: 'NoteRequired'
}
/** The caller may withdraw only requests that they submitted, and this is another's. */
export interface NotSubmitter {
  readonly _tag: 'NotSubmitter'
}
/** The request is in a state in which that cannot be done. */
export interface WrongState {
  readonly _tag: 'WrongState'
  readonly state: RemovalState
}
/** The request does not expire, or not yet. */
export interface NotExpiring {
  readonly _tag: 'NotExpiring'
}
/** The approvals that the policy asks for are not there. */
export interface NotApproved {
  readonly _tag: 'NotApproved'
}
/** The plan of the request has no such holder. */
export interface UnknownHolder {
  readonly _tag: 'UnknownHolder'
}

const wrongState = (request: RemovalRequest): WrongState => ({ _tag: 'WrongState', state: request.state })

type Events = ReadonlyArray<RemovalEvent>
const nothing: Events = []

/** A decision about a request that exists: the events to record, none for a repeat, or a refusal. */
type Decision<Refusal> = (request: RemovalRequest) => E.Either<Refusal, Events>

// --- decisions of people ---------------------------------------------------------------------------------------

/**
 * Asks for a removal. An automatic policy approves at once. One open request for a profile is the store's to keep,
 * because only it sees them all.
 */
export const submit = (command: Submit): E.Either<NotInbound | ReceivedInFuture, Events> => {
  if (command.receivedAt > command.at) return E.left({ _tag: 'ReceivedInFuture' })
  if (!isInboundTo(command.tenantId, command.profile)) return E.left({ _tag: 'NotInbound' })
  return E.right(
    placed(command, 0, [
      {
        type: 'removalRequested',
        at: command.at,
        data: {
          subject: command.subject,
          submittedBy: command.by,
          receivedAt: command.receivedAt,
          policy: command.policy,
          holders: command.holders,
          ...deadlinesOf(command),
        },
      },
      ...(isApproved(command.policy, command.by, []) ? [approvedAt(command.at, 0)] : []),
    ]),
  )
}

/** Says yes. The last approval that the policy asks for approves the request. Whoever said yes may say so again, ever. */
export const approve =
  (command: Approve): Decision<SelfApproval | GuestApproval | WrongState> =>
  request => {
    if (request.approvals.some(approval => approval.by === command.by)) return E.right(nothing)
    if (command.guest) return E.left({ _tag: 'GuestApproval' })
    if (request.submittedBy === command.by) return E.left({ _tag: 'SelfApproval' })
    switch (request.state) {
      case 'pendingApproval':
        return E.right(approvalEvents(request, command))
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'failed':
      case 'denied':
      case 'withdrawn':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Says no, for a coded reason. A repeat is the same person with the same code. */
export const deny =
  (command: Deny): Decision<NoteRequired | WrongState> =>
  request => {
    if (command.code === 'other' && command.note === null) return E.left({ _tag: 'NoteRequired' })
    switch (request.state) {
      case 'pendingApproval':
        return E.right(
          record(request, [
            {
              type: 'removalDenied',
              at: command.at,
              data: { by: command.by, code: command.code, note: command.note },
            },
          ]),
        )
      case 'denied':
        return request.denial.by === command.by && request.denial.code === command.code
          ? E.right(nothing)
          : E.left(wrongState(request))
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'failed':
      case 'withdrawn':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Takes a request back before the removal has begun, or after it failed. */
export const withdraw =
  (command: Withdraw): Decision<NotSubmitter | WrongState> =>
  request => {
    if (command.reach === 'own' && request.submittedBy !== command.by) return E.left({ _tag: 'NotSubmitter' })
    switch (request.state) {
      case 'pendingApproval':
      case 'approved':
      case 'failed':
        return E.right(
          record(request, [{ type: 'removalWithdrawn', at: command.at, data: { by: command.by } }]),
        )
      case 'withdrawn':
        return request.withdrawal.by === command.by ? E.right(nothing) : E.left(wrongState(request))
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'denied':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Takes a failed request up again, where it failed and with the holders that are not done yet. */
export const retry =
  (command: Retry): Decision<WrongState> =>
  request => {
    switch (request.state) {
      case 'failed':
        return E.right(
          record(request, [{ type: 'removalRetried', at: command.at, data: { by: command.by } }]),
        )
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
        return request.retriedBy === command.by ? E.right(nothing) : E.left(wrongState(request))
      case 'pendingApproval':
      case 'denied':
      case 'withdrawn':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

// --- decisions of the worker and the timer -----------------------------------------------------------------------

/** Ends a request that nobody decided in time. */
export const expire =
  (command: Expire): Decision<NotExpiring | WrongState> =>
  request => {
    switch (request.state) {
      case 'pendingApproval':
        return request.expiresAt !== null && command.at >= request.expiresAt
          ? E.right(record(request, [{ type: 'requestExpired', at: command.at, data: {} }]))
          : E.left({ _tag: 'NotExpiring' })
      case 'expired':
        return E.right(nothing)
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'failed':
      case 'denied':
      case 'withdrawn':
        return E.left(wrongState(request))
    }
  }

/**
 * Begins the removal: from here on it cannot be withdrawn. The approvals are checked once more, because a worker has
 * no caller to check.
 *
 * @param command `holders`: those that are configured now. With none there is nobody to ask, and the request fails.
 */
export const start =
  (command: Start): Decision<NotApproved | WrongState> =>
  request => {
    switch (request.state) {
      case 'approved':
        if (!hasItsApprovals(request)) return E.left({ _tag: 'NotApproved' })
        return E.right(
          command.holders.length === 0
            ? record(request, [
                {
                  type: 'removalFailed',
                  at: command.at,
                  data: { reason: 'holderNotConfigured', holder: null },
                },
              ])
            : record(request, [
                { type: 'removalStarted', at: command.at, data: { holders: command.holders } },
              ]),
        )
      case 'removing':
      case 'verifying':
      case 'completed':
        return E.right(nothing)
      case 'pendingApproval':
      case 'failed':
      case 'denied':
      case 'withdrawn':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Records how asking a holder to remove ended; fails the request when that was the last one that could still work. */
export const recordHolderResult =
  (command: RecordHolderResult): Decision<UnknownHolder | WrongState> =>
  request => {
    switch (request.state) {
      case 'removing':
        return withHolder(request, command.holder, holder =>
          holder.state === 'pending'
            ? settled(request, holderResult(request, holder, command), command.at)
            : nothing,
        )
      case 'verifying':
      case 'completed':
        return withHolder(request, command.holder, () => nothing)
      case 'failed':
        return isRecorded(request, command) ? E.right(nothing) : E.left(wrongState(request))
      case 'pendingApproval':
      case 'approved':
      case 'denied':
      case 'withdrawn':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Records a read-back; completes the request when no holder is left to read. */
export const recordReadBack =
  (command: RecordReadBack): Decision<UnknownHolder | WrongState> =>
  request => {
    switch (request.state) {
      case 'verifying':
        return withHolder(request, command.holder, holder =>
          holder.state === 'cleared'
            ? settled(request, readBackEvents(request, command), command.at)
            : nothing,
        )
      case 'completed':
        return withHolder(request, command.holder, () => nothing)
      case 'failed':
        return request.resumes === 'verifying' && isRecorded(request, command)
          ? E.right(nothing)
          : E.left(wrongState(request))
      case 'removing':
      case 'pendingApproval':
      case 'approved':
      case 'denied':
      case 'withdrawn':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Ends the work on a request for a reason that no holder gave. */
export const fail =
  (command: Fail): Decision<WrongState> =>
  request => {
    switch (request.state) {
      case 'approved':
      case 'removing':
      case 'verifying':
        return E.right(
          record(request, [
            { type: 'removalFailed', at: command.at, data: { reason: command.reason, holder: null } },
          ]),
        )
      case 'failed':
        return request.failure.reason === command.reason ? E.right(nothing) : E.left(wrongState(request))
      case 'pendingApproval':
      case 'completed':
      case 'denied':
      case 'withdrawn':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

export type RemovalRefusal =
  | NotInbound
  | ReceivedInFuture
  | AlreadySubmitted
  | NotSubmitted
  | SelfApproval
  | GuestApproval
  | NoteRequired
  | NotSubmitter
  | WrongState
  | NotExpiring
  | NotApproved
  | UnknownHolder

/**
 * Decides any command. A repeat succeeds with no events.
 *
 * @param command what is asked.
 * @returns for a state (null: no request yet), the events to record or the refusal.
 */
export const decide =
  (command: RemovalCommand) =>
  (request: RemovalRequest | null): E.Either<RemovalRefusal, Events> => {
    if (command.type === 'submit')
      return request === null ? submit(command) : E.left({ _tag: 'AlreadySubmitted' })
    return request === null ? E.left({ _tag: 'NotSubmitted' }) : decideExisting(command)(request)
  }

const decideExisting = (
  command: Exclude<RemovalCommand, { readonly type: 'submit' }>,
): Decision<RemovalRefusal> => {
  switch (command.type) {
    case 'approve':
      return approve(command)
    case 'deny':
      return deny(command)
    case 'expire':
      return expire(command)
    case 'withdraw':
      return withdraw(command)
    case 'start':
      return start(command)
    case 'recordHolderResult':
      return recordHolderResult(command)
    case 'recordReadBack':
      return recordReadBack(command)
    case 'fail':
      return fail(command)
    case 'retry':
      return retry(command)
  }
}

// --- the events of a decision --------------------------------------------------------------------------------------

const placed = (
  request: { readonly tenantId: TenantId; readonly id: RemovalRequestId },
  version: number,
  happenings: ReadonlyArray<Happening>,
): Events =>
  happenings.map((happening, index) => ({
    ...happening,
    tenantId: request.tenantId,
    requestId: request.id,
    sequence: version + 1 + index,
  }))

const record = (request: RemovalRequest, happenings: ReadonlyArray<Happening>): Events =>
  placed(request, request.version, happenings)

const deadlinesOf = (command: Submit): { readonly dueAt: Instant; readonly expiresAt: Instant | null } => {
  const due = dueAt(command.calendar, command.receivedAt)
  return { dueAt: due, expiresAt: expiryOf(command.at, due, command.expiresAfterDays) }
}

const approvedAt = (at: Instant, approvals: number): Happening => ({
  type: 'removalApproved',
  at,
  data: { approvals },
})

const approvalEvents = (request: RemovalRequest, command: Approve): Events => {
  const approvers = [...request.approvals.map(approval => approval.by), command.by]
  return record(request, [
    { type: 'approvalGiven', at: command.at, data: { by: command.by } },
    ...(isApproved(request.policy, request.submittedBy, approvers)
      ? [approvedAt(command.at, approvers.length)]
      : []),
  ])
}

const hasItsApprovals = (request: RemovalRequest): boolean =>
  isApproved(
    request.policy,
    request.submittedBy,
    request.approvals.map(approval => approval.by),
  )

const withHolder = (
  request: RemovalRequest,
  name: HolderName,
  events: (holder: HolderProgress) => Events,
): E.Either<UnknownHolder, Events> => {
  const holder = request.holders.find(candidate => candidate.name === name)
  return holder === undefined ? E.left({ _tag: 'UnknownHolder' }) : E.right(events(holder))
}

/** Whether a failed request has recorded that very answer of the holder: then the command is a repeat. */
const isRecorded = (
  request: Failed,
  { holder: name, result }: RecordHolderResult | RecordReadBack,
): boolean => request.holders.some(holder => holder.name === name && isAnswered(holder, result))

const isAnswered = (holder: HolderProgress, result: RemovalResult | RecordReadBack['result']): boolean => {
  switch (result.kind) {
    case 'removed':
      return holder.state === 'cleared' || isDone(holder)
    case 'absent':
      return holder.state === 'cleared' || holder.state === 'verifiedAbsent'
    case 'notSupported':
      return holder.state === 'acceptedOnly'
    case 'failed':
      return holder.failure === result.reason
    case 'retryLater':
    case 'unknownOutcome':
    case 'present':
    case 'unknown':
      return false
  }
}

const holderResult = (request: Removing, holder: HolderProgress, command: RecordHolderResult): Happening => {
  const { result, called, at } = command
  switch (result.kind) {
    case 'removed':
    case 'absent':
      return { type: 'holderCleared', at, data: { holder: holder.name, result: result.kind, called } }
    case 'failed':
      return { type: 'holderFailed', at, data: { holder: holder.name, reason: result.reason, called } }
    case 'retryLater':
      return attemptFailed(request, holder, command, 'retryLater', result.afterSeconds ?? 0)
    case 'unknownOutcome':
      return attemptFailed(request, holder, command, 'unknownOutcome', 0)
  }
}

const attemptFailed = (
  request: Removing,
  holder: HolderProgress,
  { schedule, called, at }: RecordHolderResult,
  reason: 'retryLater' | 'unknownOutcome',
  atLeastSeconds: number,
): Happening => {
  const wait = Math.max(delayAfter(schedule, holder.attempts + 1), atLeastSeconds)
  const retryAt = nextTry(request, schedule, at, wait)
  return retryAt === null
    ? { type: 'holderFailed', at, data: { holder: holder.name, reason: 'holderUnavailable', called } }
    : { type: 'holderAttemptFailed', at, data: { holder: holder.name, reason, called, retryAt } }
}

/**
 * When to try again. One job is for all holders, so it waits for the one that asked for the longest wait; but never past the
 * moment at which trying is given up, whatever a holder asks for.
 *
 * @returns null once that moment has come.
 */
const nextTry = (
  request: Removing | Verifying,
  schedule: RetrySchedule,
  at: Instant,
  waitSeconds: number,
): Instant | null => {
  const lastTry = addSeconds(request.since, schedule.giveUpAfterSeconds)
  const { notBefore } = request.job
  const wanted = addSeconds(at, waitSeconds)
  const next = notBefore !== null && notBefore > wanted ? notBefore : wanted
  if (at >= lastTry) return null
  return next < lastTry ? next : lastTry
}

const readBackEvents = (request: Verifying, command: RecordReadBack): Happening => {
  const { holder, result, removalRepeated, at } = command
  switch (result.kind) {
    case 'failed':
      return { type: 'holderFailed', at, data: { holder, reason: result.reason, called: removalRepeated } }
    case 'absent':
    case 'notSupported':
      return {
        type: 'readBackRecorded',
        at,
        data: { holder, result: result.kind, removalRepeated, nextAt: null },
      }
    case 'present':
      return notGoneYet(request, command, 'present', 0)
    case 'unknown':
      return notGoneYet(request, command, 'unknown', result.afterSeconds ?? 0)
  }
}

const notGoneYet = (
  request: Verifying,
  { holder, removalRepeated, schedule, at }: RecordReadBack,
  result: 'present' | 'unknown',
  atLeastSeconds: number,
): Happening => {
  const wait = Math.max(delayAfter(schedule, request.readBacks + 1), atLeastSeconds)
  const nextAt = nextTry(request, schedule, at, wait)
  const reason = result === 'present' ? 'stillPresent' : 'holderUnavailable'
  return nextAt === null
    ? { type: 'holderFailed', at, data: { holder, reason, called: removalRepeated } }
    : { type: 'readBackRecorded', at, data: { holder, result, removalRepeated, nextAt } }
}

/** What happened to one holder, and the end of the request where that was the last that was open. */
const settled = (request: Removing | Verifying, happening: Happening, at: Instant): Events => {
  const events = record(request, [happening])
  const after = events.reduce<RemovalRequest | null>(evolve, request)
  if (after === null || (after.state !== 'removing' && after.state !== 'verifying')) return events
  const ending = endingOf(after, at)
  return ending === null ? events : [...events, ...record(after, [ending])]
}

const endingOf = (request: Removing | Verifying, at: Instant): Happening | null => {
  const failure = settledFailure(request.holders, request.state === 'removing' ? 'pending' : 'cleared')
  if (failure !== null) return { type: 'removalFailed', at, data: failure }
  const outcome = request.state === 'verifying' ? outcomeOf(request.holders) : null
  return outcome === null ? null : { type: 'removalCompleted', at, data: { outcome } }
}
