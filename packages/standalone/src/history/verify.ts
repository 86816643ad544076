import { sha256Digest } from '@lethe/adapter-system'
import { type RemovalRequestId, type SealedEvent, type TenantId, verifyChain } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { HistoryRefusal } from '../refusal.js'
import { type Head, type Line, readLine } from './line.js'

type BrokenHistory = Extract<HistoryRefusal, { readonly _tag: 'LocalHistoryBroken' }>

/** A history as it stands in its file. */
export interface StoredText {
  readonly text: string
  /** The end as it was stored apart; null where there is none. */
  readonly head: Head | null
}

/** What could be read of a history. */
export interface ReadHistory {
  /** The entries before the first that does not fit, or all of them. */
  readonly lines: ReadonlyArray<Line>
  readonly broken: BrokenHistory | null
  /** What a process that was cut off left after the last line end; empty where there is nothing. */
  readonly unfinished: string
  /** How many bytes the file has up to its last line end. */
  readonly wholeBytes: number
}

/**
 * Reads and checks a history: the chain of the file, the chain of each removal, and the head. The head may be one entry
 * behind, because a process can end between the two.
 */
export const checkHistory = (tenantId: TenantId, { text, head }: StoredText): ReadHistory => {
  const texts = text.split('\n')
  const unfinished = texts.pop() ?? ''
  const wholeBytes = Buffer.byteLength(text.slice(0, text.length - unfinished.length))
  const lines: Array<Line> = []
  const events = new Map<RemovalRequestId, ReadonlyArray<SealedEvent>>()
  const brokenAt = (position: number, reason: BrokenHistory['reason']): ReadHistory => ({
    lines,
    broken: { _tag: 'LocalHistoryBroken', position, reason },
    unfinished,
    wholeBytes,
  })
  for (const [index, each] of texts.entries()) {
    const position = index + 1
    const read = readLine(each)
    if (read === null) return brokenAt(position, 'unreadable')
    const { line, unchanged } = read
    if (line.position !== position) return brokenAt(position, 'outOfSequence')
    if (line.previousHash !== (lines.at(-1)?.hash ?? null)) return brokenAt(position, 'previousHashDiffers')
    if (!unchanged) return brokenAt(position, 'contentDiffers')
    const reason = reasonIn(tenantId, events, line)
    if (reason !== null) return brokenAt(position, reason)
    lines.push(line)
  }
  return isEndOf(lines, head)
    ? { lines, broken: null, unfinished, wholeBytes }
    : brokenAt(Math.max(lines.length, 1), 'headDiffers')
}

/** Adds the events of an entry to those of its removal, and checks them. */
const reasonIn = (
  tenantId: TenantId,
  all: Map<RemovalRequestId, ReadonlyArray<SealedEvent>>,
  { events }: Line,
): BrokenHistory['reason'] | null => {
  const [first] = events
  const last = events.at(-1)
  if (first === undefined || last === undefined) return 'unreadable'
  const { requestId } = first.envelope
  const chain = [...(all.get(requestId) ?? []), ...events]
  const { envelope, hash } = last
  const verified = verifyChain(sha256Digest.envelope)(
    { tenantId, requestId },
    { sequence: envelope.sequence, hash },
    chain,
  )
  all.set(requestId, chain)
  return E.isLeft(verified) ? verified.left.reason : null
}

const isEndOf = (lines: ReadonlyArray<Line>, head: Head | null): boolean => {
  const position = head?.position ?? 0
  return (
    (position === lines.length || position === lines.length - 1) &&
    (head === null || lines[position - 1]?.hash === head.hash)
  )
}
