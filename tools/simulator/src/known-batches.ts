import type { BatchId, Hash, RemovalRequestId, TenantId } from '@lethe/domain'

/** A batch as it was when its digest was read. */
export interface ShownBatch {
  readonly tenantId: TenantId
  readonly id: BatchId
  readonly digest: Hash
  /** What was in it. */
  readonly members: ReadonlySet<RemovalRequestId>
}

/** The ids that batches have, in every tenant the same, and what people know of them. */
export interface KnownBatches {
  readonly ids: ReadonlyArray<BatchId>
  /** Somebody was shown a batch, and may decide what they saw at any later time. */
  readonly show: (shown: ShownBatch) => void
  readonly shownOf: (tenantId: TenantId) => ReadonlyArray<ShownBatch>
  /** Somebody was told where to go on. */
  readonly pause: (shown: ShownBatch, next: RemovalRequestId) => void
  readonly pausesOf: (shown: ShownBatch) => ReadonlyArray<RemovalRequestId>
}

export const createKnownBatches = (ids: ReadonlyArray<BatchId>): KnownBatches => {
  const all: Array<ShownBatch> = []
  const pauses = new Map<ShownBatch, Array<RemovalRequestId>>()
  return {
    ids,
    show: shown => {
      all.push(shown)
    },
    shownOf: tenantId => all.filter(shown => shown.tenantId === tenantId),
    pause: (shown, next) => {
      pauses.set(shown, [...(pauses.get(shown) ?? []), next])
    },
    pausesOf: shown => pauses.get(shown) ?? [],
  }
}
