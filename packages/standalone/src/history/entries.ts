import {
  type Envelope,
  type HolderName,
  type Instant,
  readEvent,
  type RemovalEvent,
  type RemovalRequestId,
  type SealedEvent,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
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
  /** A `RemovalEventType`, or what a newer version called it. */
  readonly event: string
  readonly holder: HolderName | null
  /** How it went, where it could go several ways. */
  readonly outcome: string | null
}

/** What an entry of the file says. */
export type TellEntries = (line: Line) => Promise<E.Either<HistoryRefusal, ReadonlyArray<HistoryEntry>>>

/**
 * Tells what the entries of a history say, which are to be given in their order.
 *
 * @param userId only what is about this person, as far as the salts are still there; null for everything.
 */
export const historyEntries = (
  place: HistoryPlace,
  tenantId: TenantId,
  userId: UserId | null,
): TellEntries => {
  if (userId === null) return ({ position, events }) => Promise.resolve(E.right(toldOf(position, events)))
  const about = new Set<RemovalRequestId>()
  return async ({ position, events }) => {
    for (const { envelope } of events) {
      const isAboutThem = await beginsWith(place, tenantId, userId, envelope)
      if (E.isLeft(isAboutThem)) return isAboutThem
      if (isAboutThem.right) about.add(envelope.requestId)
    }
    return E.right(
      toldOf(
        position,
        events.filter(({ envelope }) => about.has(envelope.requestId)),
      ),
    )
  }
}

const toldOf = (entry: number, events: ReadonlyArray<SealedEvent>): ReadonlyArray<HistoryEntry> =>
  events.map(({ envelope }) => ({
    entry,
    at: envelope.at,
    requestId: envelope.requestId,
    event: envelope.type,
    ...pipe(
      readEvent(envelope),
      E.match(() => ({ holder: null, outcome: null }), resultOf),
    ),
  }))

const resultOf = (event: RemovalEvent): Pick<HistoryEntry, 'holder' | 'outcome'> => {
  switch (event.type) {
    case 'holderCleared':
    case 'readBackRecorded':
      return { holder: event.data.holder, outcome: event.data.result }
    case 'holderAttemptFailed':
    case 'holderFailed':
    case 'removalFailed':
      return { holder: event.data.holder, outcome: event.data.reason }
    case 'absenceSeen':
      return { holder: event.data.holder, outcome: 'absent' }
    case 'holderBlocked':
      return { holder: event.data.holder, outcome: event.data.blockedBy }
    case 'removalCompleted':
      return { holder: null, outcome: event.data.outcome }
    case 'removalRequested':
    case 'requestJoined':
    case 'approvalGiven':
    case 'removalApproved':
    case 'removalDenied':
    case 'removalWithdrawn':
    case 'requestExpired':
    case 'removalStarted':
    case 'removalRetried':
    case 'removalAbandoned':
      return { holder: null, outcome: null }
  }
}

/** Whether an event begins a removal of this person. */
const beginsWith = async (
  place: HistoryPlace,
  tenantId: TenantId,
  userId: UserId,
  envelope: Envelope,
): Promise<E.Either<HistoryRefusal, boolean>> => {
  const read = readEvent(envelope)
  if (E.isLeft(read) || read.right.type !== 'removalRequested') return E.right(false)
  const { subject } = read.right.data
  return pipe(
    await readErasable(place, envelope.requestId),
    E.map(erasable => erasable !== null && isAbout(erasable, subject, tenantId, userId)),
  )
}
