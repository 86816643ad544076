import * as t from 'io-ts'
import { ApprovalPolicy } from './approval.js'
import {
  ActorReference,
  BatchId,
  HolderName,
  NoteReference,
  RemovalRequestId,
  SubjectCommitment,
  TenantId,
} from './identifiers.js'
import { PositiveInteger } from './positive-integer.js'
import { BlockedBy, FailureReason, HolderAnswer, Outcome } from './removal-plan.js'
import { Instant } from './time.js'

export const DenialCode = t.keyof(
  {
    /** GDPR art. 17(3)(a). */
    freedomOfExpression: null,
    /** GDPR art. 17(3)(b). */
    legalObligation: null,
    /** GDPR art. 17(3)(c). */
    publicHealth: null,
    /** GDPR art. 17(3)(d). */
    archivingInPublicInterest: null,
    /** GDPR art. 17(3)(e). */
    legalClaims: null,
    identityNotVerified: null,
    notInboundUser: null,
    duplicate: null,
    /** Needs a note. */
    other: null,
  },
  'one of freedomOfExpression, legalObligation, publicHealth, archivingInPublicInterest, legalClaims, identityNotVerified, notInboundUser, duplicate, other',
)
/** Why a removal is denied. */
export type DenialCode = t.TypeOf<typeof DenialCode>

export const AbandonmentCode = t.keyof(
  {
    /** The data was removed without Lethe, for example in the Entra portal. */
    handledManually: null,
    /** The person does not want it any more. */
    noLongerWanted: null,
    /** No retry will succeed. */
    cannotBeDone: null,
    /** Another request is about the same. */
    duplicate: null,
    /** Needs a note. */
    other: null,
  },
  'one of handledManually, noLongerWanted, cannotBeDone, duplicate, other',
)
/** Why a failed request is closed instead of retried. */
export type AbandonmentCode = t.TypeOf<typeof AbandonmentCode>

export const LastLook = t.strict(
  { holder: HolderName, result: t.keyof({ present: null, absent: null, notLooked: null }) },
  'LastLook',
)
/** Whether a holder still had the data when a request was closed; `notLooked` where it could not say, or not in time. */
export type LastLook = t.TypeOf<typeof LastLook>

export const ReadBackResult = t.keyof(
  { absent: null, present: null, notSupported: null, unknown: null },
  'ReadBackResult',
)
/** What a holder said when asked whether the data is still there; `unknown` where it could not be asked. */
export type ReadBackResult = t.TypeOf<typeof ReadBackResult>

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

const eventWith = <Type extends string, Data extends t.Mixed>(type: Type, data: Data) =>
  t.strict(
    {
      tenantId: TenantId,
      requestId: RemovalRequestId,
      /** 1 for the first event of a request. */
      sequence: PositiveInteger,
      type: t.literal(type),
      at: Instant,
      data,
    },
    type,
  )

const event = <Type extends string, Data extends t.Props>(type: Type, data: Data) =>
  eventWith(type, t.strict(data))

/** With members that events of earlier versions do not have. */
const eventSince = <Type extends string, Data extends t.Props, More extends t.Props>(
  type: Type,
  data: Data,
  more: More,
) => eventWith(type, t.exact(t.intersection([t.type(data), t.partial(more)])))

const answerProps = HolderAnswer.type.props

const RemovalRequested = eventSince(
  'removalRequested',
  {
    subject: SubjectCommitment,
    submittedBy: ActorReference,
    receivedAt: Instant,
    dueAt: Instant,
    expiresAt: orNull(Instant),
    policy: ApprovalPolicy,
    holders: t.readonlyArray(HolderName),
  },
  /** Absent where the request was made by itself, as all were once. */
  { batch: BatchId },
)
/** Somebody asked again while the request was open: what that adds to it. */
const RequestJoined = eventWith(
  'requestJoined',
  t.exact(
    t.intersection([
      t.type({ by: ActorReference }),
      t.partial({
        /** Where it is earlier than that of the request, with the due date that it moves. */
        receivedAt: Instant,
        dueAt: Instant,
        /** A batch that the request is a part of from now on. */
        batch: BatchId,
      }),
    ]),
  ),
)
const ApprovalGiven = event('approvalGiven', { by: ActorReference })
const RemovalApproved = event('removalApproved', { approvals: t.number })
const RemovalDenied = event('removalDenied', {
  by: ActorReference,
  code: DenialCode,
  note: orNull(NoteReference),
})
const RemovalWithdrawn = event('removalWithdrawn', { by: ActorReference })
const RequestExpired = event('requestExpired', {})
const RemovalStarted = eventSince(
  'removalStarted',
  {
    /** The holders that are configured now: they, not those at the submission, are the ones to clear. */
    holders: t.readonlyArray(HolderName),
  },
  /** How often, and over how many seconds, a profile must be found absent; once where these are absent. */
  { absenceLooks: PositiveInteger, absenceSeconds: t.number },
)
const HolderCleared = event('holderCleared', {
  holder: HolderName,
  /** `removed`: the holder took the call. `absent`: it had nothing of the person, or not any more. */
  result: t.keyof({ removed: null, absent: null }),
  /** Whether the holder was asked to remove, or only read. */
  called: t.boolean,
})
const HolderAttemptFailed = eventSince(
  'holderAttemptFailed',
  {
    holder: HolderName,
    reason: t.keyof({ retryLater: null, unknownOutcome: null }),
    called: t.boolean,
    retryAt: Instant,
  },
  answerProps,
)
/** Nothing can be done at the holder for anybody of the tenant. The wait counts against no limit. */
const HolderBlocked = event('holderBlocked', {
  holder: HolderName,
  blockedBy: BlockedBy,
  retryAt: Instant,
})
const HolderFailed = eventSince(
  'holderFailed',
  { holder: HolderName, reason: FailureReason, called: t.boolean },
  answerProps,
)
const ReadBackRecorded = eventSince(
  'readBackRecorded',
  {
    holder: HolderName,
    result: ReadBackResult,
    /** Whether the holder was asked to remove once more because the data was still there. */
    removalRepeated: t.boolean,
    /** When it is read again; null where there is no need to. */
    nextAt: orNull(Instant),
  },
  answerProps,
)
/** A look that found the profile absent, but not the last one that the rule asks for. */
const AbsenceSeen = event('absenceSeen', {
  holder: HolderName,
  removalRepeated: t.boolean,
  nextAt: Instant,
})
const RemovalCompleted = event('removalCompleted', { outcome: Outcome })
const RemovalFailed = event('removalFailed', { reason: FailureReason, holder: orNull(HolderName) })
const RemovalRetried = event('removalRetried', { by: ActorReference })
const RemovalAbandoned = event('removalAbandoned', {
  by: ActorReference,
  code: AbandonmentCode,
  note: orNull(NoteReference),
  /** A holder was called, so that data may have been removed. */
  effects: t.literal('possible'),
  /** One for each holder. */
  lastLook: t.readonlyArray(LastLook),
})

/** Everything that can have happened to a removal request. People appear as references only. */
export const RemovalEvent = t.union(
  [
    RemovalRequested,
    RequestJoined,
    ApprovalGiven,
    RemovalApproved,
    RemovalDenied,
    RemovalWithdrawn,
    RequestExpired,
    RemovalStarted,
    HolderCleared,
    HolderAttemptFailed,
    HolderBlocked,
    HolderFailed,
    ReadBackRecorded,
    AbsenceSeen,
    RemovalCompleted,
    RemovalFailed,
    RemovalRetried,
    RemovalAbandoned,
  ],
  'RemovalEvent',
)
export type RemovalEvent = t.TypeOf<typeof RemovalEvent>
export type RemovalEventType = RemovalEvent['type']

/** The event of one type. */
export type RemovalEventOf<Type extends RemovalEventType> = Extract<RemovalEvent, { readonly type: Type }>

type Unplaced<E> = E extends RemovalEvent ? Omit<E, 'tenantId' | 'requestId' | 'sequence'> : never
/** What happened, before it has its place in the history of a request. */
export type Happening = Unplaced<RemovalEvent>

/** Work that an event calls for. */
export interface Job {
  readonly name: 'performRemoval'
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  /** The sequence of the event that called for it. A later one makes it stale. */
  readonly causedBy: number
  /** Not to be done earlier; null for at once. */
  readonly notBefore: Instant | null
}

/**
 * The jobs that an event implies. The store makes an event and its jobs visible together, so that there is no event
 * without its job and no job without its event.
 */
export const jobsOf = (happened: RemovalEvent): ReadonlyArray<Job> => {
  switch (happened.type) {
    case 'removalApproved':
    case 'removalRetried':
      return [performAt(happened, null)]
    case 'holderAttemptFailed':
    case 'holderBlocked':
      return [performAt(happened, happened.data.retryAt)]
    case 'absenceSeen':
      return [performAt(happened, happened.data.nextAt)]
    case 'readBackRecorded':
      return happened.data.nextAt === null ? [] : [performAt(happened, happened.data.nextAt)]
    case 'removalRequested':
    case 'requestJoined':
    case 'approvalGiven':
    case 'removalDenied':
    case 'removalWithdrawn':
    case 'requestExpired':
    case 'removalStarted':
    case 'holderCleared':
    case 'holderFailed':
    case 'removalCompleted':
    case 'removalFailed':
    case 'removalAbandoned':
      return []
  }
}

/** A request becomes a part of a batch. */
export interface BatchAddition {
  readonly batch: BatchId
  readonly by: ActorReference
  readonly at: Instant
}

/** What an event adds to batches: its request to one at most. */
export const additionsIn = ({ type, at, data }: RemovalEvent): ReadonlyArray<BatchAddition> => {
  if ((type !== 'removalRequested' && type !== 'requestJoined') || data.batch === undefined) return []
  return [{ batch: data.batch, by: type === 'removalRequested' ? data.submittedBy : data.by, at }]
}

/** The job to perform a removal that an event calls for. */
export const performAt = (happened: RemovalEvent, notBefore: Instant | null): Job => ({
  name: 'performRemoval',
  tenantId: happened.tenantId,
  requestId: happened.requestId,
  causedBy: happened.sequence,
  notBefore,
})
