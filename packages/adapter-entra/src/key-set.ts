import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { FetchFailed } from './fetch-json.js'
import type { SigningKey, SigningKeys } from './published-keys.js'
import { type KeysUnavailable, tokenInvalid, type TokenInvalid } from './refusals.js'

/** The keys of one issuer, as last published. */
export interface KeySet {
  /**
   * Finds a key. One that is known is there at once, while a refresh that is due goes on beside it; one that is not known
   * waits for a refresh, where one is allowed.
   *
   * `TokenInvalid`: the issuer has no such key. `KeysUnavailable`: the key is not known, and the issuer cannot be asked.
   */
  readonly find: (kid: string) => TE.TaskEither<TokenInvalid | KeysUnavailable, SigningKey>
  /** Whether this very key is still published, as far as is known, and the daily refresh is not overdue. */
  readonly holds: (key: SigningKey) => boolean
}

/** How long fetched keys are good for. Source: Microsoft identity platform, signing key rollover. */
const refreshAfterMs = 24 * 60 * 60 * 1000

/** Between two attempts, whatever came of the first: a flood of tokens is at most one attempt in this time. */
const cooldownMs = 30 * 1000

type Attempt = { readonly at: number; readonly failed: boolean }
type Known = { readonly at: number; readonly keys: SigningKeys }

/**
 * Keeps the keys of one issuer.
 *
 * They are fetched when first needed, daily, and on an unknown `kid`; never more often than once in 30 seconds, and all
 * who wait share one fetch. A refresh that fails leaves the known keys in use and is tried again after those 30 seconds.
 *
 * @param fetchKeys reads what the issuer publishes now.
 * @param clock milliseconds since 1970-01-01T00:00:00Z.
 * @param onFailed is told why a refresh failed.
 */
export const keySet = (
  fetchKeys: TE.TaskEither<FetchFailed, SigningKeys>,
  clock: () => number,
  onFailed: (code: string) => void,
): KeySet => {
  let known: Known | null = null
  let attempt: Attempt | null = null
  let pending: Promise<void> | null = null

  const refresh = async (): Promise<void> => {
    const at = clock()
    attempt = { at, failed: true }
    const fetched = await fetchKeys()
    if (E.isLeft(fetched)) return onFailed(fetched.left.code)
    attempt = { at, failed: false }
    known = { at, keys: fetched.right }
  }

  const refreshIfAllowed = async (): Promise<void> => {
    if (pending === null && hasPassed(cooldownMs, attempt, clock())) {
      pending = refresh().finally(() => {
        pending = null
      })
    }
    await pending
  }

  return {
    find: kid => async () => {
      const knownKey = known?.keys.get(kid)
      if (knownKey !== undefined) {
        if (hasPassed(refreshAfterMs, known, clock())) void refreshIfAllowed()
        return E.right(knownKey)
      }
      await refreshIfAllowed()
      const key = known?.keys.get(kid)
      if (key !== undefined) return E.right(key)
      return attempt?.failed === false ? E.left(tokenInvalid) : E.left(unavailable(attempt, clock()))
    },
    holds: key =>
      !hasPassed(refreshAfterMs, known, clock()) && known?.keys.get(key.kid)?.material === key.material,
  }
}

/** A clock that was set back counts as time passed: else nothing would be asked until it caught up. */
const hasPassed = (milliseconds: number, since: { readonly at: number } | null, now: number): boolean =>
  since === null || now < since.at || now - since.at >= milliseconds

const unavailable = (attempt: Attempt | null, now: number): KeysUnavailable => ({
  _tag: 'KeysUnavailable',
  retryAfterSeconds: Math.max(1, Math.ceil(((attempt?.at ?? now) + cooldownMs - now) / 1000)),
})
