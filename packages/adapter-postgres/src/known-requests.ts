import type { RemovalRequest, RemovalRequestId } from '@lethe/domain'
import { LRUCache } from 'lru-cache'
import type { ReadRequest } from './event-rows.js'

/** How many requests a process remembers: more than it works on at a time. */
const most = 4096

/**
 * Requests as this process last saw them. What is remembered may be out of date, and does no harm then: an append names the
 * version and the end of the chain that it follows on, and the database refuses any other.
 */
export interface KnownRequests {
  readonly remember: (read: ReadRequest) => RemovalRequest
  /** The request at that version, if that is how it was last seen. */
  readonly at: (id: RemovalRequestId, version: number) => ReadRequest | undefined
  readonly forget: (id: RemovalRequestId) => void
}

export const knownRequests = (): KnownRequests => {
  const cache = new LRUCache<RemovalRequestId, ReadRequest>({ max: most })
  return {
    remember: read => {
      cache.set(read.request.id, read)
      return read.request
    },
    at: (id, version) => {
      const known = cache.get(id)
      return known?.request.version === version ? known : undefined
    },
    forget: id => {
      cache.delete(id)
    },
  }
}
