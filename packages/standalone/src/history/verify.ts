import { sha256Digest } from '@lethe/adapter-system'
import { type ChainHead, type RemovalRequestId, type TenantId, verifyNext } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { HistoryRefusal } from '../refusal.js'
import { type Head, type Line, readLine } from './line.js'

export type BrokenHistory = Extract<HistoryRefusal, { readonly _tag: 'LocalHistoryBroken' }>

/** Checks a history entry by entry. It keeps the end of each removal, and no entry. */
export interface HistoryCheck {
  /** Where the entries end that were checked and fit; null before the first. */
  readonly end: () => Head | null
  /** Checks the next entry; after a refusal there is no next one. */
  readonly next: (text: string) => E.Either<BrokenHistory, Line>
}

export const brokenAt = (position: number, reason: BrokenHistory['reason']): BrokenHistory => ({
  _tag: 'LocalHistoryBroken',
  position,
  reason,
})

/** Begins to check a history: the chain of the file, and the chain of each removal. */
export const checkHistory = (tenantId: TenantId): HistoryCheck => {
  const removals = new Map<RemovalRequestId, ChainHead>()
  let end: Head | null = null
  return {
    end: () => end,
    next: text => {
      const position = (end?.position ?? 0) + 1
      const read = readLine(text)
      if (read === null) return E.left(brokenAt(position, 'unreadable'))
      const { line, unchanged } = read
      if (line.position !== position) return E.left(brokenAt(position, 'outOfSequence'))
      if (line.previousHash !== (end?.hash ?? null)) return E.left(brokenAt(position, 'previousHashDiffers'))
      if (!unchanged) return E.left(brokenAt(position, 'contentDiffers'))
      const reason = addTo(removals, tenantId, line)
      if (reason !== null) return E.left(brokenAt(position, reason))
      end = { position, hash: line.hash }
      return E.right(line)
    },
  }
}

/** Adds the events of an entry to those of its removal, and checks them. */
const addTo = (
  removals: Map<RemovalRequestId, ChainHead>,
  tenantId: TenantId,
  { events }: Line,
): BrokenHistory['reason'] | null => {
  const requestId = events[0]?.envelope.requestId
  if (requestId === undefined) return 'unreadable'
  const verified = verifyNext(sha256Digest.envelope)(
    { tenantId, requestId },
    removals.get(requestId) ?? null,
    events,
  )
  if (E.isLeft(verified)) return verified.left.reason
  if (verified.right !== null) removals.set(requestId, verified.right)
  return null
}
