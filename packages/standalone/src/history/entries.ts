import {
  type HolderName,
  type Instant,
  readEvent,
  type RemovalEvent,
  type RemovalEventType,
  type RemovalRequestId,
  type SealedEvent,
  type SubjectCommitment,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { HistoryRefusal } from '../refusal.js'
import { isAbout, readErasable } from './erasable.js'
import type { Line } from './line.js'
import type { HistoryPlace } from './state-folder.js'

/** Something that happened, as the history tells it. */
export interface HistoryEntry {
  /** Its place in the file, from 1; what was recorded together has the same. */
  readonly entry: number
  readonly at: Instant
  readonly requestId: RemovalRequestId
  readonly event: RemovalEventType
  readonly holder: HolderName | null
  /** How it went, where it could go several ways. */
  readonly outcome: string | null
}

/**
 * What a history says, in order.
 *
 * @param userId only what is about this person, as far as the salts are still there; null for everything.
 */
export const historyEntries = async (
  place: HistoryPlace,
  tenantId: TenantId,
  lines: ReadonlyArray<Line>,
  userId: UserId | null,
): Promise<E.Either<HistoryRefusal, ReadonlyArray<HistoryEntry>>> => {
  const wanted = userId === null ? null : await requestsAbout(place, tenantId, lines, userId)
  if (wanted !== null && E.isLeft(wanted)) return wanted
  return E.right(
    lines.flatMap(({ position, events }) =>
      events
        .filter(({ envelope }) => wanted === null || wanted.right.has(envelope.requestId))
        .flatMap(sealed => entryOf(position, sealed)),
    ),
  )
}

const entryOf = (entry: number, { envelope }: SealedEvent): ReadonlyArray<HistoryEntry> => {
  const read = readEvent(envelope)
  return E.isLeft(read)
    ? []
    : [
        {
          entry,
          at: read.right.at,
          requestId: read.right.requestId,
          event: read.right.type,
          ...resultOf(read.right),
        },
      ]
}

const resultOf = (event: RemovalEvent): Pick<HistoryEntry, 'holder' | 'outcome'> => {
  switch (event.type) {
    case 'holderCleared':
    case 'readBackRecorded':
      return { holder: event.data.holder, outcome: event.data.result }
    case 'holderAttemptFailed':
    case 'holderFailed':
    case 'removalFailed':
      return { holder: event.data.holder, outcome: event.data.reason }
    case 'removalCompleted':
      return { holder: null, outcome: event.data.outcome }
    case 'removalRequested':
    case 'approvalGiven':
    case 'removalApproved':
    case 'removalDenied':
    case 'removalWithdrawn':
    case 'requestExpired':
    case 'removalStarted':
    case 'removalRetried':
      return { holder: null, outcome: null }
  }
}

const requestsAbout = async (
  place: HistoryPlace,
  tenantId: TenantId,
  lines: ReadonlyArray<Line>,
  userId: UserId,
): Promise<E.Either<HistoryRefusal, ReadonlySet<RemovalRequestId>>> => {
  const found = new Set<RemovalRequestId>()
  for (const [id, commitment] of subjectsIn(lines)) {
    const erasable = await readErasable(place, id)
    if (E.isLeft(erasable)) return erasable
    if (erasable.right !== null && isAbout(erasable.right, commitment, tenantId, userId)) found.add(id)
  }
  return E.right(found)
}

const subjectsIn = (lines: ReadonlyArray<Line>): ReadonlyMap<RemovalRequestId, SubjectCommitment> =>
  new Map(
    lines
      .flatMap(({ events }) => events)
      .flatMap(({ envelope }) => {
        const read = readEvent(envelope)
        return E.isRight(read) && read.right.type === 'removalRequested'
          ? [[read.right.requestId, read.right.data.subject] as const]
          : []
      }),
  )
