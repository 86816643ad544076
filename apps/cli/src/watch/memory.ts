import type { RemovalRequestResource } from '@lethe/api-contract'
import { addSeconds, type Instant, isOpen, type RemovalRequestId, RemovalState } from '@lethe/domain'

type State = RemovalRequestResource['state']

/** An open request as it was last seen. */
interface Sighting {
  readonly state: State
  /** Tells a second failure from the first, with a retry in between that nobody saw. */
  readonly failed: Instant | null
  /** In which look. */
  readonly look: number
}

/** What is new of a request. */
export interface News {
  /** The state in which it was seen before; null where it was not. */
  readonly from: State | null
}

/** What a watch remembers from look to look. It grows with the requests that are open, not with those that were. */
export interface Memory {
  readonly beginLook: () => void
  /** Takes in how a request stands now; null where that is as before. */
  readonly notice: (request: RemovalRequestResource) => News | null
  readonly forget: (id: RemovalRequestId) => void
  /** Requests that were open before this look and that it has not seen. */
  readonly vanished: () => ReadonlyArray<RemovalRequestId>
  /** Takes in when the newest request of all was submitted. */
  readonly noticeNewest: (submitted: Instant) => void
  /** What was submitted before this moment and has ended is nothing new; null where there has been no request yet. */
  readonly knownBefore: () => Instant | null
  /** How many requests are open, by state. */
  readonly counts: () => ReadonlyMap<State, number>
}

/**
 * Ids ascend by time within one server only, and what is written at the same moment may come into sight in any order: so
 * much of what was seen already is looked at again.
 */
const lateSeconds = 60

export const createMemory = (): Memory => {
  const open = new Map<RemovalRequestId, Sighting>()
  // Ended requests that are young enough to be met again in the search for new ones; and those in a state of a newer server, which
  // may go on: they are met again when they are open.
  const ended = new Map<RemovalRequestId, { readonly submitted: Instant | null; readonly state: State }>()
  let newest: Instant | null = null
  let look = 0

  const remember = ({ id, state, failure, submittedDateTime }: RemovalRequestResource): void => {
    if (RemovalState.is(state) && isOpen(state)) {
      ended.delete(id)
      open.set(id, { state, failed: failure?.failedDateTime ?? null, look })
      return
    }
    open.delete(id)
    ended.set(id, { submitted: submittedDateTime, state })
  }

  const knownBefore = (): Instant | null => (newest === null ? null : addSeconds(newest, -lateSeconds))

  return {
    beginLook: () => {
      const known = knownBefore()
      for (const [id, { submitted, state }] of ended)
        if (known !== null && submitted !== null && submitted < known && RemovalState.is(state))
          ended.delete(id)
      look += 1
    },
    notice: request => {
      const before = open.get(request.id)
      const last = ended.get(request.id)?.state ?? null
      if (before === undefined && last === request.state) return null
      remember(request)
      if (before === undefined) return { from: last }
      const isSame =
        before.state === request.state && before.failed === (request.failure?.failedDateTime ?? null)
      return isSame ? null : { from: before.state }
    },
    forget: id => {
      open.delete(id)
    },
    vanished: () => [...open].flatMap(([id, sighting]) => (sighting.look === look ? [] : [id])),
    noticeNewest: submitted => {
      if (newest === null || submitted > newest) newest = submitted
    },
    knownBefore,
    counts: () => {
      const counts = new Map<State, number>()
      for (const { state } of open.values()) counts.set(state, (counts.get(state) ?? 0) + 1)
      return counts
    },
  }
}
