import type { RemovalRequestId, TenantId } from '@lethe/domain'
import { LRUCache } from 'lru-cache'
import type { Kept } from './sign-in-safe.js'

/** Spares the opening of a sign-in whose token was got a moment ago. */
export interface TokenMemo {
  /** Null where what is kept for the request has changed since, or the token is about to expire. */
  readonly recall: (kept: Kept) => string | null
  readonly remember: (kept: Kept, token: string, expiresOn: Date | null) => void
  readonly forget: (tenantId: TenantId, requestId: RemovalRequestId) => void
}

interface Entry {
  readonly sealed: string
  readonly token: string
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly goodUntil: number
}

/** As MSAL has it: a token is not used in its last five minutes. */
const marginMs = 5 * 60 * 1000
const maxTokens = 1000

/**
 * Remembers in this process the last token of each request, for as long as the very sign-in that it came from is kept:
 * so what another process replaces or erases counts at once.
 *
 * @param clock milliseconds since 1970-01-01T00:00:00Z.
 */
export const tokenMemo = (clock: () => number): TokenMemo => {
  const entries = new LRUCache<string, Entry>({ max: maxTokens })
  return {
    recall: ({ tenantId, requestId, signIn }) => {
      const entry = entries.get(keyOf(tenantId, requestId))
      return entry !== undefined && entry.sealed === signIn.sealed && clock() < entry.goodUntil
        ? entry.token
        : null
    },
    remember: ({ tenantId, requestId, signIn: { sealed } }, token, expiresOn) => {
      if (expiresOn === null) return
      entries.set(keyOf(tenantId, requestId), { sealed, token, goodUntil: expiresOn.getTime() - marginMs })
    },
    forget: (tenantId, requestId) => {
      entries.delete(keyOf(tenantId, requestId))
    },
  }
}

const keyOf = (tenantId: TenantId, requestId: RemovalRequestId): string => `${tenantId} ${requestId}`
