import type { BatchId, Hash, TenantId } from '@lethe/domain'
import { LRUCache } from 'lru-cache'

/** How many batches a process remembers: more than are decided at a time. */
const most = 256
/** After that a digest is made anew, so that a database which was set back to an earlier state does not keep an old one alive. */
const milliseconds = 60_000

/** A digest, and how many requests it was made of. */
interface CountedDigest {
  readonly count: number
  readonly digest: Hash
}

/**
 * Digests of batches as this process last made them. No request ever leaves a batch, so that one which holds as many as before holds
 * the same: to count them is enough, whichever process added some, and takes a third of the time.
 */
export interface KnownDigests {
  readonly of: (tenantId: TenantId, batch: BatchId) => CountedDigest | undefined
  readonly remember: (tenantId: TenantId, batch: BatchId, counted: CountedDigest) => void
}

/** @param now milliseconds, from any moment on. */
export const knownDigests = (now: () => number = () => performance.now()): KnownDigests => {
  const cache = new LRUCache<string, CountedDigest>({
    max: most,
    ttl: milliseconds,
    ttlResolution: 0,
    perf: { now },
  })
  const keyOf = (tenantId: TenantId, batch: BatchId): string => `${tenantId} ${batch}`
  return {
    of: (tenantId, batch) => cache.get(keyOf(tenantId, batch)),
    remember: (tenantId, batch, counted) => {
      cache.set(keyOf(tenantId, batch), counted)
    },
  }
}
