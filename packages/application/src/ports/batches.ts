import type {
  ActorReference,
  BatchId,
  DenialCode,
  Hash,
  Instant,
  StoredRequest,
  RemovalRequestId,
  RemovalState,
  TenantId,
  UserId,
} from '@lethe/domain'
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Page, PageRequest } from './page.js'
import type { Actor } from './people.js'
import type { InvalidPageToken, Unavailable } from './problems.js'

/** Somebody else made the batch, or the maker was erased: then nobody adds to it any more. */
export interface NotBatchMaker {
  readonly _tag: 'NotBatchMaker'
}
/** The batch was decided: nothing is added to it any more. */
export interface BatchClosed {
  readonly _tag: 'BatchClosed'
}
/** Why somebody may not add to a batch. */
export type BatchRefusal = NotBatchMaker | BatchClosed

/** What a batch holds. */
export interface BatchSummary {
  /** Who made it, as they stand in the history of its first request. */
  readonly maker: ActorReference
  /** When it was made: with its first request. */
  readonly submittedAt: Instant
  /** When it was closed; null while it is open. */
  readonly closedAt: Instant | null
  readonly count: number
  /**
   * SHA-256 over the ids of its requests in ascending order, each followed by a line feed. No request ever leaves a batch, so that
   * it changes whenever one is added, and never otherwise.
   */
  readonly digest: Hash
  /** How many requests are in each state; `unreadable` for a state that a newer version wrote. */
  readonly states: ReadonlyMap<StoredRequest['state'], number>
  /** Where the people come from, most of them first, and not more than 20; people who were erased count nowhere. */
  readonly homeTenants: ReadonlyArray<{ readonly tenantId: TenantId; readonly count: number }>
  /** How many home tenants there are. */
  readonly homeTenantCount: number
  /** When the first of its open requests is due; null where none is open. */
  readonly dueAt: Instant | null
  /** A few requests, in an order that nobody can choose, and that stays. */
  readonly sample: ReadonlyArray<RemovalRequestId>
}

/** How a batch stands that is to be decided. */
export interface BatchStanding {
  readonly digest: Hash
  /** Whether anything of it waits for approval that could be read when it was last looked at. */
  readonly waits: boolean
}

/** A batch in a list. */
export interface ListedBatch {
  readonly id: BatchId
  /** When it was made: with its first request. */
  readonly submittedAt: Instant
  /** When it was closed; null while it is open. */
  readonly closedAt: Instant | null
  readonly count: number
  /** How many requests are in each state; `unreadable` for a state that a newer version wrote. */
  readonly states: ReadonlyMap<StoredRequest['state'], number>
  /** When the first of its open requests is due; null where none is open. */
  readonly dueAt: Instant | null
}

/** Which batches a list holds; a condition that is left out holds for all. */
export interface BatchFilter {
  /** Those with a request in one of these states. */
  readonly states?: ReadonlyArray<RemovalState>
}

/** What somebody decided of a request. */
export type Decided = { readonly kind: 'approved' } | { readonly kind: 'denied'; readonly code: DenialCode }

/**
 * Batches: requests that are made in one go, and decided as one. They come with `RemovalRequests`: a batch begins with the first
 * request that is submitted with its id, or joined with it, and the one who did that made it. A request is in each batch that
 * `batchesOf` names.
 */
export interface Batches {
  /** The newest first. With `states` a page may hold fewer than were asked for, or none, and have a next one. */
  readonly list: (
    tenantId: TenantId,
    filter: BatchFilter,
    page: PageRequest,
  ) => TaskEither<InvalidPageToken | Unavailable, Page<ListedBatch>>
  /** None where the tenant has no such batch. */
  readonly summary: (tenantId: TenantId, batch: BatchId) => TaskEither<Unavailable, Option<BatchSummary>>
  /** Why somebody may not add to a batch; null where they may, which anybody may where there is none yet. */
  readonly refusalOf: (
    tenantId: TenantId,
    batch: BatchId,
    actor: Actor,
  ) => TaskEither<Unavailable, BatchRefusal | null>
  /**
   * Closes a batch in which something waits for approval, if it has that digest: in one step, so that nothing is added between the
   * look at it and its end. A batch that is closed stays as it is.
   *
   * @param isBegun whether a part of it was decided already: then the digest that it was closed with will do. Otherwise it is made of
   *   what is in the batch now, whatever somebody may have stored.
   * @returns how it stands; none where the tenant has no such batch.
   */
  readonly close: (
    tenantId: TenantId,
    batch: BatchId,
    digest: Hash,
    at: Instant,
    isBegun: boolean,
  ) => TaskEither<Unavailable, Option<BatchStanding>>
  /**
   * The requests of a batch that are in one of these states, in ascending order.
   *
   * @param after the last id that was read; null to begin.
   * @param limit how many ids at most.
   * @returns none where the tenant has no such batch.
   */
  readonly members: (
    tenantId: TenantId,
    batch: BatchId,
    states: ReadonlyArray<RemovalState>,
    after: RemovalRequestId | null,
    limit: number,
  ) => TaskEither<Unavailable, Option<ReadonlyArray<RemovalRequestId>>>
  /** Whether somebody decided any request of a batch like that, alone or with all of it; not once they were erased. */
  readonly hasDecided: (
    tenantId: TenantId,
    batch: BatchId,
    actor: Actor,
    decided: Decided,
  ) => TaskEither<Unavailable, boolean>
  /** The request of a batch for a profile, whatever became of it; none once the person was erased. */
  readonly requestFor: (
    tenantId: TenantId,
    batch: BatchId,
    userId: UserId,
  ) => TaskEither<Unavailable, Option<StoredRequest>>
}
