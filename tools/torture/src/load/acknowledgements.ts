import type { BatchId, RemovalRequestId, TenantId, UserId } from '@lethe/domain'

/** Something that a client was told is done: a status of 2xx, heard to its end. */
export interface Acknowledgement {
  readonly what: 'submitted' | 'approved' | 'denied' | 'withdrawn' | 'retried' | 'closed'
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  /** The person whom the request is about. */
  readonly subject: UserId
  /** The batch that it was asked for with; null for none. */
  readonly batch: BatchId | null
  /** The person who asked for it. */
  readonly by: UserId
}
