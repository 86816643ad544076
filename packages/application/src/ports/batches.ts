import type {
  BatchId,
  Hash,
  Instant,
  RemovalRequest,
  RemovalRequestId,
  RemovalState,
  TenantId,
  UserId,
} from '@lethe/domain'
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Page, PageRequest } from './page.js'
import type { InvalidPageToken, Unavailable } from './problems.js'

/** What a batch holds. */
export interface BatchSummary {
  readonly count: number
  /**
   * SHA-256 over the ids of its requests in ascending order, each followed by a line feed. No request ever leaves a batch, so that
   * it changes whenever one is added, and never otherwise.
   */
  readonly digest: Hash
  readonly states: ReadonlyMap<RemovalState, number>
  /** Where the people come from, most of them first, and not more than 20; people who were erased count nowhere. */
  readonly homeTenants: ReadonlyArray<{ readonly tenantId: TenantId; readonly count: number }>
  /** How many home tenants there are. */
  readonly homeTenantCount: number
  /** When the first of its open requests is due; null where none is open. */
  readonly dueAt: Instant | null
  /** A few requests, in an order that nobody can choose, and that stays. */
  readonly sample: ReadonlyArray<RemovalRequestId>
}

/** What is to be decided of a batch. */
export interface BatchPending {
  /** Of the batch as it was when the ids were read. */
  readonly digest: Hash
  /** Requests that wait for approval, in ascending order. */
  readonly ids: ReadonlyArray<RemovalRequestId>
}

/** A batch in a list. */
export interface ListedBatch {
  readonly id: BatchId
  /** When the first of its requests was made. */
  readonly submittedAt: Instant
  readonly count: number
  readonly states: ReadonlyMap<RemovalState, number>
  /** When the first of its open requests is due; null where none is open. */
  readonly dueAt: Instant | null
}

/** Which batches a list holds; a condition that is left out holds for all. */
export interface BatchFilter {
  /** Those with a request in one of these states. */
  readonly states?: ReadonlyArray<RemovalState>
}

/** Batches: requests that were made in one go, and are decided as one. They come with `RemovalRequests`. */
export interface Batches {
  /** The batch whose first request is the newest comes first. */
  readonly list: (
    tenantId: TenantId,
    filter: BatchFilter,
    page: PageRequest,
  ) => TaskEither<InvalidPageToken | Unavailable, Page<ListedBatch>>
  /** None where the tenant has no request of that batch. */
  readonly summary: (tenantId: TenantId, batch: BatchId) => TaskEither<Unavailable, Option<BatchSummary>>
  /**
   * Reads the digest and what waits for approval at one moment.
   *
   * @param after the last id that was read; null to begin.
   * @param limit how many ids at most.
   */
  readonly pending: (
    tenantId: TenantId,
    batch: BatchId,
    after: RemovalRequestId | null,
    limit: number,
  ) => TaskEither<Unavailable, Option<BatchPending>>
  /** The request of a batch for a profile, whatever became of it; none once the person was erased. */
  readonly requestFor: (
    tenantId: TenantId,
    batch: BatchId,
    userId: UserId,
  ) => TaskEither<Unavailable, Option<RemovalRequest>>
}
