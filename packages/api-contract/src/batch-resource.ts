import { BatchId, Hash, RemovalRequestId, TenantId } from '@lethe/domain'
import * as t from 'io-ts'
import { collectionOf } from './collection.js'
import { DateTime } from './date-time.js'
import { Actor, RemovalRequestResource, StoredState } from './removal-request-resource.js'

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

/**
 * How many requests are in each state; states without any are left out. Those of a state that the server does not know, because a newer
 * one wrote it, are `unreadable`.
 */
const StateCounts = t.readonlyArray(t.strict({ state: StoredState, count: t.number }))

/** A batch, as an approver looks at it before they decide it. */
export const BatchResource = t.strict(
  {
    id: BatchId,
    /** Who may add to it, until it is closed; null once erased. */
    madeBy: Actor,
    submittedDateTime: DateTime,
    /** When its first decision closed it; null while it is open. */
    closedDateTime: orNull(DateTime),
    count: t.number,
    /** SHA-256 over the ids of its requests: whoever decides the batch gives it back, so that no other one is decided. */
    digest: Hash,
    states: StateCounts,
    /** Where the people come from, most of them first: 20 home tenants at most. */
    homeTenants: t.readonlyArray(t.strict({ tenantId: TenantId, count: t.number })),
    homeTenantCount: t.number,
    /** When the first of its open requests is due; null where none is open. */
    dueDateTime: orNull(DateTime),
    /** A few of its requests, which nobody chose. */
    sample: t.readonlyArray(RemovalRequestResource),
  },
  'Batch',
)
export type BatchResource = t.TypeOf<typeof BatchResource>

/** A batch in a list. */
export const BatchListItem = t.strict(
  {
    id: BatchId,
    /** When it was made: with its first request. */
    submittedDateTime: DateTime,
    /** When its first decision closed it; null while it is open. */
    closedDateTime: orNull(DateTime),
    count: t.number,
    states: StateCounts,
    /** When the first of its open requests is due; null where none is open. */
    dueDateTime: orNull(DateTime),
  },
  'BatchListItem',
)
export type BatchListItem = t.TypeOf<typeof BatchListItem>

/** A page of batches. */
export const BatchCollection = collectionOf(BatchListItem, 'BatchCollection')
export type BatchCollection = t.TypeOf<typeof BatchCollection>

/** How far a batch was come through. */
export const BatchDecisionResource = t.strict(
  {
    id: BatchId,
    /** Requests of this call that the decision now stands for, or that were retried or withdrawn. */
    decided: t.number,
    /** Requests of this call for which it could not be done, by the reason. */
    refused: t.readonlyArray(t.strict({ reason: t.string, count: t.number })),
    /** What to send as `after` in order to go on; null where the end was reached. */
    next: orNull(RemovalRequestId),
  },
  'BatchDecision',
)
export type BatchDecisionResource = t.TypeOf<typeof BatchDecisionResource>
