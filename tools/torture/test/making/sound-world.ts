import type { RemovalRequestId } from '@lethe/domain'
import type { Seen, StoredRequest } from '../../src/checks/seen.js'
import { storedAfter, userIds } from './requests.js'

/** A world in which everything is as it should be, and what is in it, by name. */
export interface SoundWorld {
  readonly seen: Seen
  readonly completed: StoredRequest
  readonly denied: StoredRequest
  readonly pending: StoredRequest
  readonly withdrawn: StoredRequest
}

export const soundWorld = (): SoundWorld => {
  const completed = storedAfter(['approve by megan', 'approve by isaiah', 'start', 'remove', 'readBack'])
  const denied = storedAfter(['deny'])
  const pending = storedAfter([])
  const withdrawn = storedAfter(['approve by megan', 'withdraw'])
  const all = [completed, denied, pending, withdrawn]
  const removal = {
    tenantId: completed.tenantId,
    requestId: completed.requestId,
    userId: subjectOf(completed),
  }
  return {
    completed,
    denied,
    pending,
    withdrawn,
    seen: {
      acknowledged: [
        ...all.map(request => ({ ...told(request), what: 'submitted' as const, by: userIds.adele })),
        { ...told(completed), what: 'approved', by: userIds.megan },
        { ...told(denied), what: 'denied', by: userIds.megan },
        { ...told(withdrawn), what: 'withdrawn', by: userIds.adele },
      ],
      stored: byId(all),
      served: new Map(
        all.map(({ requestId, state, version }) => [requestId, { state, version, intact: true }]),
      ),
      stray: [],
      jobless: [],
      calls: [
        { ...removal, at: 1, eventsThen: ['removalRequested', 'removalStarted'] },
        { ...removal, at: 2, eventsThen: null },
      ],
      effects: [removal],
      jobs: [],
      connections: [{ name: 'lethe api', state: 'idle', seconds: 3 }],
      mostConnections: 1,
    },
  }
}

const byId = (requests: ReadonlyArray<StoredRequest>): ReadonlyMap<RemovalRequestId, StoredRequest> =>
  new Map(requests.map(request => [request.requestId, request]))

export const told = (request: StoredRequest) => ({
  tenantId: request.tenantId,
  requestId: request.requestId,
  subject: subjectOf(request),
})

export const subjectOf = ({ subject }: StoredRequest) => {
  if (subject === null) throw new Error('Nobody was erased here')
  return subject
}
