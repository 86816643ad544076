import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { SigningKey } from './published-keys.js'

/** What is remembered of a token that was verified. */
interface Remembered<A> {
  readonly value: A
  readonly issuer: string
  /** The key that the token was signed with. */
  readonly key: SigningKey
  /** The token's `exp`, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly expiresAt: number
}

/** Spares the signature check of a token that was verified a moment ago. */
export interface TokenCache<A> {
  readonly recall: (token: string) => A | null
  readonly remember: (token: string, verified: Remembered<A>) => void
}

const keptMs = 5 * 60 * 1000

type Entry<A> = Remembered<A> & { readonly rememberedAt: number }

/**
 * Remembers verified tokens by their SHA-256, never by themselves: for five minutes, never past `exp` (without any
 * tolerance), and only as long as the key that signed them is published.
 *
 * @param maxTokens how many are remembered; the one not used for longest makes room.
 * @param clock milliseconds since 1970-01-01T00:00:00Z.
 * @param isPublished whether the issuer still publishes this very key.
 */
export const tokenCache = <A>(
  maxTokens: number,
  clock: () => number,
  isPublished: (issuer: string, key: SigningKey) => boolean,
): TokenCache<A> => {
  const entries = new LRUCache<string, Entry<A>>({ max: maxTokens })

  const isGood = (entry: Entry<A>): boolean => {
    const now = clock()
    const isYoung = now >= entry.rememberedAt && now - entry.rememberedAt < keptMs
    return isYoung && now < entry.expiresAt && isPublished(entry.issuer, entry.key)
  }

  return {
    recall: token => {
      const digest = digestOf(token)
      const entry = entries.get(digest)
      if (entry === undefined) return null
      if (isGood(entry)) return entry.value
      entries.delete(digest)
      return null
    },
    remember: (token, verified) => {
      const entry = { ...verified, rememberedAt: clock() }
      if (isGood(entry)) entries.set(digestOf(token), entry)
    },
  }
}

const digestOf = (token: string): string => hash('sha256', token, 'base64url')
