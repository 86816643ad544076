import type { Person } from '../world/cast.js'
import type { BatchId, Hash, RemovalRequestId, TenantId, UserId } from '@lethe/domain'

/** A batch that clients made. It is never so large that its sample is not all of it. */
export interface MadeBatch {
  readonly tenantId: TenantId
  readonly id: BatchId
  /** Who alone adds to it. */
  readonly maker: Person
}

/** A batch as somebody was shown it. */
export interface ShownBatch extends MadeBatch {
  readonly digest: Hash
  /** What was in it. */
  readonly members: ReadonlySet<RemovalRequestId>
}

/** A call that was to decide a batch as it was shown. */
export interface BatchAttempt extends ShownBatch {
  readonly route: 'approveBatch' | 'denyBatch'
  readonly by: UserId
  /** What its client was told: that it is done, that the batch changed or nothing in it waits, or neither of them. */
  readonly told: 'done' | 'refused' | 'nothing'
}

/** How many requests clients put into a batch, and add to it later. */
export const batchSize = { least: 2, most: 4, later: 2 } as const
