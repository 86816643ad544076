import {
  AbandonmentCode,
  AppId,
  BatchId,
  BlockedBy,
  DenialCode,
  FailureReason,
  HolderName,
  LastLook,
  Outcome,
  RemovalRequestId,
  RemovalState,
  TenantId,
  UserId,
} from '@lethe/domain'
import * as t from 'io-ts'
import { collectionOf } from './collection.js'
import { DateTime } from './date-time.js'
import { openWord } from './open-word.js'

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

/** Who did something: a person through an application, or an application as itself; null once erased. */
export const Actor = orNull(t.strict({ userId: orNull(UserId), appId: orNull(AppId) }, 'Actor'))

/** What a holder said when last it settled nothing, for its support: its own code, and its number for the answer. */
const answer = { detail: orNull(t.string), holderRequestId: orNull(t.string) }

/**
 * The state of a request. `unreadable` where the history cannot be read: then only ids, due date and batch are known, and nothing is
 * done with it.
 */
export const StoredState = openWord(t.union([RemovalState, t.literal('unreadable')]))

/** A removal request as Lethe's own API shows it. */
export const RemovalRequestResource = t.strict(
  {
    id: RemovalRequestId,
    /** The data subject; null once erased. */
    userId: orNull(UserId),
    resourceTenantId: TenantId,
    /** The batch that it was submitted with; null for none. */
    batchId: orNull(BatchId),
    /** Every batch that it is a part of: that one, and those that joined it. */
    batchIds: t.readonlyArray(BatchId),
    state: StoredState,
    submittedDateTime: orNull(DateTime),
    submittedBy: Actor,
    /** Who asked again while it was open, and what that brought: an earlier receipt, or a batch. */
    joins: t.readonlyArray(
      t.strict({
        by: Actor,
        joinedDateTime: DateTime,
        receivedDateTime: orNull(DateTime),
        batchId: orNull(BatchId),
      }),
    ),
    /** When the person asked: the month of GDPR art. 12(3) starts here. */
    receivedDateTime: orNull(DateTime),
    dueDateTime: DateTime,
    /** When the request expires if nobody decides; null for never. */
    expiryDateTime: orNull(DateTime),
    /** How many people must approve; 0 under an automatic policy. */
    approvalsRequired: orNull(t.number),
    approvals: t.readonlyArray(t.strict({ by: Actor, approvedDateTime: DateTime })),
    denial: orNull(
      t.strict({ code: openWord(DenialCode), note: orNull(t.string), by: Actor, deniedDateTime: DateTime }),
    ),
    withdrawal: orNull(t.strict({ by: Actor, withdrawnDateTime: DateTime })),
    /** How a failed request was closed. */
    abandonment: orNull(
      t.strict({
        code: openWord(AbandonmentCode),
        note: orNull(t.string),
        by: Actor,
        /** Data may have been removed: a holder was called. */
        effects: openWord(t.literal('possible')),
        /** Whether each holder still had the data; `notLooked` where it could not say, or not in time. */
        lastLook: t.readonlyArray(
          t.strict({ holder: HolderName, result: openWord(LastLook.type.props.result) }),
        ),
        abandonedDateTime: DateTime,
      }),
    ),
    failure: orNull(
      t.strict({
        reason: openWord(FailureReason),
        holder: orNull(HolderName),
        ...answer,
        failedDateTime: DateTime,
      }),
    ),
    holders: t.readonlyArray(
      t.strict({
        name: HolderName,
        state: openWord(
          t.keyof({ pending: null, cleared: null, verifiedAbsent: null, acceptedOnly: null, failed: null }),
        ),
        attempts: t.number,
        /** Why nothing can be done there for anybody of the tenant until an administrator acts; null where it can. */
        blockedBy: orNull(openWord(BlockedBy)),
        ...answer,
      }),
    ),
    outcome: orNull(openWord(Outcome)),
    completedDateTime: orNull(DateTime),
  },
  'RemovalRequest',
)
export type RemovalRequestResource = t.TypeOf<typeof RemovalRequestResource>

/** A page of removal requests. */
export const RemovalRequestCollection = collectionOf(RemovalRequestResource, 'RemovalRequestCollection')
export type RemovalRequestCollection = t.TypeOf<typeof RemovalRequestCollection>
