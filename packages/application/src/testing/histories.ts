import { readEvent, type RemovalEvent, type RemovalRequest, replay } from '@lethe/domain'
import type { StoredHistory } from '../ports/removal-requests.js'
import type { StoreHarness } from './harness.js'
import { rightOf, someOf, succeed } from './outcomes.js'

/** The history of a request, as it is stored. */
export const historyOf = async (
  { store }: StoreHarness,
  { tenantId, id }: RemovalRequest,
): Promise<StoredHistory> => someOf(await succeed(store.removalRequests.history(tenantId, id)))

/** The events of a stored history. */
export const eventsIn = (history: StoredHistory): ReadonlyArray<RemovalEvent> =>
  history.events.map(sealed => rightOf(readEvent(sealed.envelope)))

/** The request that a stored history folds to. */
export const replayed = (history: StoredHistory): RemovalRequest => rightOf(replay(eventsIn(history)))
