import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { ApprovalPolicy } from './approval.js'
import type {
  ActorReference,
  BatchId,
  HolderName,
  NoteReference,
  RemovalRequestId,
  SubjectCommitment,
  TenantId,
} from './identifiers.js'
import {
  type AbsenceRule,
  type FailureReason,
  type HolderAnswer,
  type HolderProgress,
  isDone,
  oneLook,
  type Outcome,
  pendingHolder,
  updateHolder,
} from './removal-plan.js'
import {
  type AbandonmentCode,
  type DenialCode,
  type Job,
  type LastLook,
  performAt,
  type RemovalEvent,
  type RemovalEventOf,
} from './removal-event.js'
import { addSeconds, type Instant, secondsBetween } from './time.js'

export interface Approval {
  readonly by: ActorReference
  readonly at: Instant
}

/** Somebody who asked again while the request was open. */
export interface Joining {
  readonly by: ActorReference
  readonly at: Instant
  /** When the person asked, where that was earlier than was known; else null. */
  readonly receivedAt: Instant | null
  /** The batch that it brought; null for none. */
  readonly batch: BatchId | null
}

/** What every removal request has, whatever became of it. */
interface Particulars {
  readonly id: RemovalRequestId
  readonly tenantId: TenantId
  /** The sequence of the last event: what an append expects. */
  readonly version: number
  /** The batch that it was submitted with; null for none. `batchesOf` has all of them. */
  readonly batch: BatchId | null
  readonly joins: ReadonlyArray<Joining>
  readonly subject: SubjectCommitment
  readonly submittedBy: ActorReference
  readonly submittedAt: Instant
  /** When the person asked: the legal clock starts here. */
  readonly receivedAt: Instant
  readonly dueAt: Instant
  readonly expiresAt: Instant | null
  /** What the tenant's policy said when the request was made. */
  readonly policy: ApprovalPolicy
  readonly approvals: ReadonlyArray<Approval>
  readonly holders: ReadonlyArray<HolderProgress>
  /** When a profile counts as gone: as it was when the removal started. */
  readonly absence: AbsenceRule
  /** Who asked for the latest retry, if anybody did. */
  readonly retriedBy: ActorReference | null
}

/** Work is under way or about to be: there is a job. */
interface Underway {
  /** The job that the latest event called for; an older one is stale. */
  readonly job: Job
}

export interface PendingApproval extends Particulars {
  readonly state: 'pendingApproval'
}
export interface Approved extends Particulars, Underway {
  readonly state: 'approved'
}
export interface Removing extends Particulars, Underway {
  readonly state: 'removing'
  /** When the removal started, or was last retried, later by the time that it was blocked: attempts are given up so long after it. */
  readonly since: Instant
}
export interface Verifying extends Particulars, Underway {
  readonly state: 'verifying'
  /** When the last holder was cleared, or verifying was last retried, later by the time that it was blocked. */
  readonly since: Instant
  /** After a retry: a holder that still has the data is asked to remove it once more. */
  readonly repeatIfPresent: ReadonlyArray<HolderName>
}
export interface Completed extends Particulars {
  readonly state: 'completed'
  readonly outcome: Outcome
  readonly completedAt: Instant
}
export interface Failed extends Particulars {
  readonly state: 'failed'
  readonly failure: {
    readonly reason: FailureReason
    readonly holder: HolderName | null
    readonly at: Instant
  }
  /** Where a retry takes it up again. */
  readonly resumes: 'approved' | 'removing' | 'verifying'
}
export interface Denied extends Particulars {
  readonly state: 'denied'
  readonly denial: {
    readonly by: ActorReference
    readonly code: DenialCode
    readonly note: NoteReference | null
    readonly at: Instant
  }
}
export interface Withdrawn extends Particulars {
  readonly state: 'withdrawn'
  readonly withdrawal: { readonly by: ActorReference; readonly at: Instant }
}
/** Failed, and not retried any more, though a holder may have removed something. */
export interface Abandoned extends Particulars {
  readonly state: 'abandoned'
  readonly abandonment: {
    readonly by: ActorReference
    readonly code: AbandonmentCode
    readonly note: NoteReference | null
    readonly effects: 'possible'
    readonly lastLook: ReadonlyArray<LastLook>
    readonly at: Instant
  }
}
export interface Expired extends Particulars {
  readonly state: 'expired'
  readonly expiredAt: Instant
}

/** One request to remove all personal data of one inbound shared user from one resource tenant. */
export type RemovalRequest =
  | PendingApproval
  | Approved
  | Removing
  | Verifying
  | Completed
  | Failed
  | Denied
  | Withdrawn
  | Abandoned
  | Expired

export const RemovalState = t.keyof(
  {
    pendingApproval: null,
    approved: null,
    removing: null,
    verifying: null,
    completed: null,
    failed: null,
    denied: null,
    withdrawn: null,
    abandoned: null,
    expired: null,
  },
  'RemovalState',
)
export type RemovalState = RemovalRequest['state']

/** Whether a request in that state is open: a second one for the same profile joins it. */
export const isOpen = (state: RemovalState): boolean => {
  switch (state) {
    case 'pendingApproval':
    case 'approved':
    case 'removing':
    case 'verifying':
    case 'failed':
      return true
    case 'completed':
    case 'denied':
    case 'withdrawn':
    case 'abandoned':
    case 'expired':
      return false
  }
}

/** Whether nobody decided a request in its time: from that moment on it can only expire. */
export const isTimeUp = (request: PendingApproval, at: Instant): boolean =>
  request.expiresAt !== null && at >= request.expiresAt

/** Who asked for a removal: the one who submitted it first, then those who joined. */
export const askersOf = ({ submittedBy, joins }: RemovalRequest): ReadonlyArray<ActorReference> => [
  submittedBy,
  ...joins.map(({ by }) => by),
]

/** The batches that a request is a part of, each once: that of its submission first. */
export const batchesOf = ({ batch, joins }: RemovalRequest): ReadonlyArray<BatchId> =>
  [batch, ...joins.map(join => join.batch)].filter(id => id !== null)

/** Whether a request has moved past the event that called for a job: then there is nothing left of the job. */
export const isStale = (request: RemovalRequest, job: Job): boolean =>
  'job' in request && request.job.causedBy > job.causedBy

/** A history that no sequence of decisions can have produced. */
export interface CorruptHistory {
  readonly _tag: 'CorruptHistory'
  /** The sequence of the first event that does not fit. */
  readonly sequence: number
}

/**
 * The state of a request: the fold of its events.
 *
 * @param events all of them, in order.
 * @returns the request; `CorruptHistory` where an event does not fit the ones before it, or there is none.
 */
export const replay = (events: ReadonlyArray<RemovalEvent>): E.Either<CorruptHistory, RemovalRequest> => {
  let request: RemovalRequest | null = null
  for (const happened of events) {
    const next: RemovalRequest | null = evolve(request, happened)
    if (next === null || next === request)
      return E.left({ _tag: 'CorruptHistory', sequence: happened.sequence })
    request = next
  }
  return request === null ? E.left({ _tag: 'CorruptHistory', sequence: 1 }) : E.right(request)
}

/**
 * The state after an event. Total: an event that does not fit leaves the state exactly as it was (the same object),
 * which `replay` reports.
 */
export const evolve = (request: RemovalRequest | null, happened: RemovalEvent): RemovalRequest | null => {
  if (happened.type === 'removalRequested') return request ?? requested(happened)
  if (request === null || !continues(request, happened)) return request
  const next = applied(request, happened)
  return next === request ? request : { ...next, version: happened.sequence }
}

const continues = (request: RemovalRequest, happened: RemovalEvent): boolean =>
  happened.tenantId === request.tenantId &&
  happened.requestId === request.id &&
  happened.sequence === request.version + 1 &&
  namesKnownHolder(request, happened)

const namesKnownHolder = (request: RemovalRequest, happened: RemovalEvent): boolean =>
  holdersIn(happened).every(name => request.holders.some(holder => holder.name === name))

const holdersIn = ({ data }: RemovalEvent): ReadonlyArray<HolderName> => {
  if ('lastLook' in data) return data.lastLook.map(({ holder }) => holder)
  return 'holder' in data && data.holder !== null ? [data.holder] : []
}

const requested = (happened: RemovalEventOf<'removalRequested'>): PendingApproval | null =>
  happened.sequence !== 1
    ? null
    : {
        state: 'pendingApproval',
        id: happened.requestId,
        tenantId: happened.tenantId,
        version: happened.sequence,
        batch: happened.data.batch ?? null,
        joins: [],
        subject: happened.data.subject,
        submittedBy: happened.data.submittedBy,
        submittedAt: happened.at,
        receivedAt: happened.data.receivedAt,
        dueAt: happened.data.dueAt,
        expiresAt: happened.data.expiresAt,
        policy: happened.data.policy,
        approvals: [],
        holders: happened.data.holders.map(pendingHolder),
        absence: oneLook,
        retriedBy: null,
      }

const applied = (
  request: RemovalRequest,
  happened: Exclude<RemovalEvent, RemovalEventOf<'removalRequested'>>,
): RemovalRequest => {
  switch (happened.type) {
    case 'requestJoined':
      return isOpen(request.state) ? joined(request, happened) : request
    case 'approvalGiven':
      return request.state === 'pendingApproval'
        ? { ...request, approvals: [...request.approvals, { by: happened.data.by, at: happened.at }] }
        : request
    case 'removalApproved':
      return request.state === 'pendingApproval'
        ? {
            ...particularsOf(request),
            state: 'approved',
            job: performAt(happened, null),
          }
        : request
    case 'removalDenied':
      return request.state === 'pendingApproval'
        ? { ...particularsOf(request), state: 'denied', denial: { ...happened.data, at: happened.at } }
        : request
    case 'removalWithdrawn':
      // A failed request could once be withdrawn even after a holder was called: such histories stay readable.
      return request.state === 'pendingApproval' || request.state === 'approved' || request.state === 'failed'
        ? {
            ...particularsOf(request),
            state: 'withdrawn',
            withdrawal: { by: happened.data.by, at: happened.at },
          }
        : request
    case 'requestExpired':
      return request.state === 'pendingApproval'
        ? { ...particularsOf(request), state: 'expired', expiredAt: happened.at }
        : request
    case 'removalStarted':
      return request.state === 'approved' ? started(request, happened) : request
    case 'holderCleared':
      return request.state === 'removing' ? cleared(unblocked(request, happened), happened) : request
    case 'holderAttemptFailed':
      return request.state === 'removing' ? attemptFailed(unblocked(request, happened), happened) : request
    case 'holderBlocked':
      return request.state === 'removing' || request.state === 'verifying'
        ? blocked(unblocked(request, happened), happened)
        : request
    case 'holderFailed':
      return request.state === 'removing' || request.state === 'verifying'
        ? holderFailed(unblocked(request, happened), happened)
        : request
    case 'readBackRecorded':
      return request.state === 'verifying' ? readBack(unblocked(request, happened), happened) : request
    case 'absenceSeen':
      return request.state === 'verifying' ? absenceSeen(unblocked(request, happened), happened) : request
    case 'removalCompleted':
      return request.state === 'verifying'
        ? {
            ...particularsOf(request),
            state: 'completed',
            outcome: happened.data.outcome,
            completedAt: happened.at,
          }
        : request
    case 'removalFailed':
      return request.state === 'approved' || request.state === 'removing' || request.state === 'verifying'
        ? {
            ...particularsOf(request),
            state: 'failed',
            failure: { ...happened.data, at: happened.at },
            resumes: request.state,
          }
        : request
    case 'removalRetried':
      return request.state === 'failed' ? retried(request, happened) : request
    case 'removalAbandoned':
      return request.state === 'failed'
        ? {
            ...particularsOf(request),
            state: 'abandoned',
            abandonment: { ...happened.data, at: happened.at },
          }
        : request
  }
}

const joined = (request: RemovalRequest, { at, data }: RemovalEventOf<'requestJoined'>): RemovalRequest => ({
  ...request,
  receivedAt: data.receivedAt ?? request.receivedAt,
  dueAt: data.dueAt ?? request.dueAt,
  joins: [
    ...request.joins,
    { by: data.by, at, receivedAt: data.receivedAt ?? null, batch: data.batch ?? null },
  ],
})

const started = (request: Approved, happened: RemovalEventOf<'removalStarted'>): Removing => ({
  ...particularsOf(request),
  state: 'removing',
  since: happened.at,
  job: request.job,
  holders: happened.data.holders.map(pendingHolder),
  absence: {
    looks: happened.data.absenceLooks ?? oneLook.looks,
    seconds: happened.data.absenceSeconds ?? oneLook.seconds,
  },
})

/** Takes a holder for blocked no longer: time began to count again when that became known. */
const unblocked = <S extends Removing | Verifying>(
  request: S,
  { at, data }: { readonly at: Instant; readonly data: { readonly holder: HolderName } },
): S => ({
  ...request,
  since: countedSince(request, data.holder, at),
  holders: updateHolder(request.holders, data.holder, holder => ({ ...holder, blocked: null })),
})

/** From when on time counts against a limit: the time for which a holder was blocked does not. */
export const countedSince = (request: Removing | Verifying, name: HolderName, at: Instant): Instant => {
  const from = request.holders.find(holder => holder.name === name)?.blocked?.at
  return from === undefined ? request.since : addSeconds(request.since, Math.max(0, secondsBetween(from, at)))
}

const blocked = <S extends Removing | Verifying>(
  request: S,
  happened: RemovalEventOf<'holderBlocked'>,
): S => ({
  ...request,
  job: performAt(happened, happened.data.retryAt),
  holders: updateHolder(request.holders, happened.data.holder, holder => ({
    ...holder,
    blocked: { by: happened.data.blockedBy, at: happened.at },
  })),
})

const answerIn = ({ detail, holderRequestId }: HolderAnswer): HolderAnswer => ({
  ...(detail === undefined ? {} : { detail }),
  ...(holderRequestId === undefined ? {} : { holderRequestId }),
})

const cleared = (request: Removing, happened: RemovalEventOf<'holderCleared'>): Removing | Verifying => {
  const holders = updateHolder(request.holders, happened.data.holder, holder => ({
    ...holder,
    state: 'cleared',
    attempts: holder.attempts + (happened.data.called ? 1 : 0),
    tries: 0,
    failure: null,
    answer: {},
    unknownOutcome: false,
  }))
  return holders.every(holder => holder.state === 'cleared')
    ? {
        ...particularsOf(request),
        state: 'verifying',
        holders,
        since: happened.at,
        repeatIfPresent: [],
        job: request.job,
      }
    : { ...request, holders }
}

const attemptFailed = (request: Removing, happened: RemovalEventOf<'holderAttemptFailed'>): Removing => ({
  ...request,
  job: performAt(happened, happened.data.retryAt),
  holders: updateHolder(request.holders, happened.data.holder, holder => ({
    ...holder,
    attempts: holder.attempts + (happened.data.called ? 1 : 0),
    tries: holder.tries + 1,
    answer: answerIn(happened.data),
    // Only an answer ends the doubt about a call: being told to come back later says nothing of the one before.
    unknownOutcome: happened.data.reason === 'unknownOutcome' || holder.unknownOutcome,
  })),
})

const holderFailed = <S extends Removing | Verifying>(
  request: S,
  happened: RemovalEventOf<'holderFailed'>,
): S => ({
  ...request,
  holders: updateHolder(request.holders, happened.data.holder, holder => ({
    ...holder,
    state: 'failed',
    attempts: holder.attempts + (happened.data.called ? 1 : 0),
    failure: happened.data.reason,
    answer: answerIn(happened.data),
  })),
})

const readBack = (request: Verifying, happened: RemovalEventOf<'readBackRecorded'>): Verifying => {
  const { holder: name, result, removalRepeated, nextAt } = happened.data
  return {
    ...request,
    job: nextAt === null ? request.job : performAt(happened, nextAt),
    repeatIfPresent: removalRepeated
      ? request.repeatIfPresent.filter(other => other !== name)
      : request.repeatIfPresent,
    holders: updateHolder(request.holders, name, holder => ({
      ...holder,
      state:
        result === 'absent' ? 'verifiedAbsent' : result === 'notSupported' ? 'acceptedOnly' : holder.state,
      attempts: holder.attempts + (removalRepeated ? 1 : 0),
      tries: nextAt === null ? 0 : holder.tries + 1,
      answer: answerIn(happened.data),
      // What could not be asked says nothing: only the profile itself starts the count anew.
      absent: result === 'unknown' ? absentBefore(holder, happened.data) : null,
    })),
  }
}

const absenceSeen = (request: Verifying, happened: RemovalEventOf<'absenceSeen'>): Verifying => ({
  ...request,
  job: performAt(happened, happened.data.nextAt),
  repeatIfPresent: happened.data.removalRepeated
    ? request.repeatIfPresent.filter(other => other !== happened.data.holder)
    : request.repeatIfPresent,
  holders: updateHolder(request.holders, happened.data.holder, holder => ({
    ...holder,
    attempts: holder.attempts + (happened.data.removalRepeated ? 1 : 0),
    tries: 0,
    answer: {},
    absent: oneMoreAbsence(absentBefore(holder, happened.data), happened.at),
  })),
})

type Absences = HolderProgress['absent']

/** The looks in a row that found nothing, up to now: a removal is repeated only where the profile was found. */
export const absentBefore = (
  { absent }: Pick<HolderProgress, 'absent'>,
  { removalRepeated }: { readonly removalRepeated: boolean },
): Absences => (removalRepeated ? null : absent)

export const oneMoreAbsence = (before: Absences, at: Instant): NonNullable<Absences> => ({
  looks: (before?.looks ?? 0) + 1,
  since: before?.since ?? at,
})

const retried = (
  request: Failed,
  happened: RemovalEventOf<'removalRetried'>,
): Approved | Removing | Verifying => {
  const resumed = (state: 'pending' | 'cleared') =>
    request.holders.map(holder =>
      holder.state === 'failed'
        ? { ...holder, state, tries: 0, failure: null, answer: {}, absent: null, blocked: null }
        : { ...holder, tries: 0, absent: null, blocked: null },
    )
  const underway = {
    ...particularsOf(request),
    job: performAt(happened, null),
    retriedBy: happened.data.by,
  }
  switch (request.resumes) {
    case 'approved':
      return { ...underway, state: 'approved' }
    case 'removing':
      return { ...underway, since: happened.at, state: 'removing', holders: resumed('pending') }
    case 'verifying':
      return {
        ...underway,
        since: happened.at,
        state: 'verifying',
        holders: resumed('cleared'),
        repeatIfPresent: request.holders.filter(holder => !isDone(holder)).map(holder => holder.name),
      }
  }
}

/** Only what all states share, so that nothing of one state lingers in the next. */
const particularsOf = (request: RemovalRequest): Particulars => ({
  id: request.id,
  tenantId: request.tenantId,
  version: request.version,
  batch: request.batch,
  joins: request.joins,
  subject: request.subject,
  submittedBy: request.submittedBy,
  submittedAt: request.submittedAt,
  receivedAt: request.receivedAt,
  dueAt: request.dueAt,
  expiresAt: request.expiresAt,
  policy: request.policy,
  approvals: request.approvals,
  holders: request.holders,
  absence: request.absence,
  retriedBy: request.retriedBy,
})
