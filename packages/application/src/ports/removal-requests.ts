import type {
  BatchId,
  ChainHead,
  Instant,
  RemovalEvent,
  RemovalRequest,
  RemovalRequestId,
  RemovalState,
  SealedEvent,
  StoredRequest,
  TenantId,
  UserId,
} from '@lethe/domain'
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { BatchRefusal } from './batches.js'
import type { Page, PageRequest } from './page.js'
import type { ActorRecord, NoteRecord, SubjectRecord } from './people.js'
import type { InvalidPageToken, Unavailable, VersionConflict } from './problems.js'

/** A new request: its first events and the people that they refer to. */
export interface Submission {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  /** From sequence 1 on. */
  readonly events: ReadonlyArray<RemovalEvent>
  readonly subject: SubjectRecord
  readonly submitter: ActorRecord
}

/** What became of a submission. */
export type Submitted =
  | { readonly joined: false; readonly request: RemovalRequest }
  /** The batch already has a request for the profile, or the profile an open one: that one, and nothing was recorded. */
  | { readonly joined: true; readonly request: StoredRequest }

/** The next events of a request, and the references that they introduce. */
export interface Append {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  /** The version of the request on which the events were decided. */
  readonly expectedVersion: number
  /** At least one, from sequence `expectedVersion + 1` on. */
  readonly events: ReadonlyArray<RemovalEvent>
  readonly actor: ActorRecord | null
  readonly note: NoteRecord | null
}

/** Which requests to list. All conditions must hold; an absent one holds for all. */
export interface RemovalRequestFilter {
  readonly states?: ReadonlyArray<RemovalState>
  /** Requests about this person; those whose reference was erased are never found by it. */
  readonly userId?: UserId
  /** Requests that are due before this moment. */
  readonly dueBefore?: Instant
  /** Requests of this batch, whichever other ones they are a part of. */
  readonly batch?: BatchId
}

/** A history as it is stored. */
export interface StoredHistory {
  readonly events: ReadonlyArray<SealedEvent>
  /** Whether behind those there is one that has not even the form of an event. */
  readonly isCut: boolean
  /** Stored apart from the events, so that a cut-off tail shows. */
  readonly head: ChainHead
  /** Whether the head carries the seal of this installation; null where the store seals none. */
  readonly seal: 'intact' | 'missing' | 'differs' | null
}

/**
 * The removal requests of all tenants, as events. Another tenant's request is absent, for every method.
 *
 * What is appended and the jobs that it implies (`jobsOf`) become visible together: there is no moment at which one can
 * be seen without the other, whatever fails.
 *
 * A request whose history cannot be read is `unreadable`, and keeps no other from being read. `load` checks the chain of
 * hashes and its seal as well, which a list does not.
 */
export interface RemovalRequests {
  /**
   * Records a new request, unless its batch has one for the profile, open or not, or the profile has an open one.
   *
   * @returns a `BatchRefusal` where the submitter may not add to its batch.
   */
  readonly submit: (submission: Submission) => TaskEither<Unavailable | BatchRefusal, Submitted>
  /** The open request for a profile; none where every request for it has ended. */
  readonly openFor: (tenantId: TenantId, userId: UserId) => TaskEither<Unavailable, Option<StoredRequest>>
  readonly load: (
    tenantId: TenantId,
    requestId: RemovalRequestId,
  ) => TaskEither<Unavailable, Option<StoredRequest>>
  /**
   * Appends to a request.
   *
   * @returns the request after it; `VersionConflict` where its version is not the expected one, where it cannot be read, where the
   * actor has acted on it under another reference in the meantime, or where it joins a batch that has another request for the
   * profile, or to which the actor may not add.
   */
  readonly append: (append: Append) => TaskEither<Unavailable | VersionConflict, RemovalRequest>
  /** The newest first. */
  readonly list: (
    tenantId: TenantId,
    filter: RemovalRequestFilter,
    page: PageRequest,
  ) => TaskEither<Unavailable | InvalidPageToken, Page<StoredRequest>>
  readonly history: (
    tenantId: TenantId,
    requestId: RemovalRequestId,
  ) => TaskEither<Unavailable, Option<StoredHistory>>
  /** Requests that nobody decided and whose time is up, the earliest first: but for those that could not be read when last looked at. */
  readonly expiring: (
    tenantId: TenantId,
    at: Instant,
    limit: number,
  ) => TaskEither<Unavailable, ReadonlyArray<RemovalRequestId>>
  /**
   * Makes the jobs anew of requests that have waited for one for longer than that, by the store's own clock, and have none in the
   * queue: neither one that waits or is held, nor one that is delivered again later, nor a dead one. A request that was resumed waits from then on; one that could not be read
   * when it was last looked at is left alone.
   *
   * @returns how many were resumed; where that is `limit`, there may be more.
   */
  readonly resume: (tenantId: TenantId, seconds: number, limit: number) => TaskEither<Unavailable, number>
  /** How many open requests were due before that moment. */
  readonly overdue: (tenantId: TenantId, at: Instant) => TaskEither<Unavailable, number>
  /** How many requests could not be read when they were last looked at. */
  readonly unreadable: (tenantId: TenantId) => TaskEither<Unavailable, number>
}
