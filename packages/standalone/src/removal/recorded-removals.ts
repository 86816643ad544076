import {
  isOpen,
  readEvent,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalRequestId,
  replay,
  type SealedEvent,
  type TenantId,
  type UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { type Erasable, isAbout, readErasable } from '../history/erasable.js'
import type { Line } from '../history/line.js'
import type { HistoryPlace } from '../history/state-folder.js'
import type { HistoryRefusal } from '../refusal.js'

/** A removal as the history has it. */
interface RecordedRemoval {
  readonly request: RemovalRequest
  readonly events: ReadonlyArray<SealedEvent>
}

/** All removals of a checked history, the oldest first. */
const recordedRemovals = (lines: ReadonlyArray<Line>): ReadonlyArray<RecordedRemoval> => {
  const all = Map.groupBy<RemovalRequestId, SealedEvent>(
    lines.flatMap(line => line.events),
    ({ envelope }) => envelope.requestId,
  )
  return [...all.values()].flatMap(events => {
    const request = requestOf(events)
    return request === null ? [] : [{ request, events }]
  })
}

const requestOf = (sealed: ReadonlyArray<SealedEvent>): RemovalRequest | null => {
  const events: Array<RemovalEvent> = []
  for (const { envelope } of sealed) {
    const event = readEvent(envelope)
    if (E.isLeft(event)) return null
    events.push(event.right)
  }
  const request = replay(events)
  return E.isRight(request) ? request.right : null
}

/** A removal that is open, and what is kept apart of it. */
export interface OpenRemoval extends RecordedRemoval {
  readonly erasable: Erasable
}

/** Finds the open removal of a person; null where there is none, or where its salt was erased. */
export const openRemovalOf = async (
  place: HistoryPlace,
  lines: ReadonlyArray<Line>,
  tenantId: TenantId,
  userId: UserId,
): Promise<E.Either<HistoryRefusal, OpenRemoval | null>> => {
  for (const recorded of recordedRemovals(lines).filter(({ request }) => isOpen(request.state))) {
    const erasable = await readErasable(place, recorded.request.id)
    if (E.isLeft(erasable)) return erasable
    if (erasable.right !== null && isAbout(erasable.right, recorded.request.subject, tenantId, userId))
      return E.right({ ...recorded, erasable: erasable.right })
  }
  return E.right(null)
}
