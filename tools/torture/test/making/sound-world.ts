import { hash, randomUUID } from 'node:crypto'
import { ActorReference, BatchId, Hash, type RemovalRequestId } from '@lethe/domain'
import type { Seen, StoredRequest } from '../../src/checks/seen.js'
import type { BatchAttempt } from '../../src/load/batches.js'
import { made } from '../../src/made.js'
import { adele } from '../../src/world/cast.js'
import { storedAfter, userIds } from './requests.js'

/** A world in which everything is as it should be, and what is in it, by name. */
export interface SoundWorld {
  readonly seen: Seen
  readonly completed: StoredRequest
  readonly denied: StoredRequest
  readonly pending: StoredRequest
  readonly withdrawn: StoredRequest
  /** In one batch, which megan approved as it was shown to her; one of them was asked for before, and joined it. */
  readonly batched: StoredRequest
  readonly added: StoredRequest
  readonly shown: BatchAttempt
}

export const soundWorld = (): SoundWorld => {
  const completed = storedAfter(['approve by megan', 'approve by isaiah', 'start', 'remove', 'readBack'])
  const denied = storedAfter(['deny'])
  const pending = storedAfter([])
  const withdrawn = storedAfter(['approve by megan', 'withdraw'])
  const batch = made(BatchId, randomUUID())
  const batched = storedAfter(['approve by megan'], batch)
  const added = storedAfter(['approve by megan'], null, batch)
  const { tenantId } = batched
  const shown: BatchAttempt = {
    tenantId,
    id: batch,
    maker: adele,
    digest: digestOf([batched, added]),
    members: new Set([batched.requestId, added.requestId]),
    route: 'approveBatch',
    by: userIds.megan,
    told: 'done',
  }
  const all = [completed, denied, pending, withdrawn, batched, added]
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
    batched,
    added,
    shown,
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
      tampered: new Map(),
      batches: [
        {
          tenantId,
          id: batch,
          here: {
            count: 2,
            digest: digestOf([batched, added]),
            states: [{ state: 'pendingApproval', count: 2 }],
          },
          elsewhere: false,
        },
      ],
      storedBatches: [
        {
          tenantId,
          id: batch,
          maker: makerOf(batched),
          closedWith: digestOf([batched, added]),
        },
      ],
      batchAttempts: [shown, { ...shown, digest: digestOf([batched]), by: userIds.isaiah, told: 'refused' }],
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

const makerOf = ({ events }: StoredRequest): ActorReference =>
  made(ActorReference, events[0]?.envelope.data['submittedBy'])

/** The digest of a batch of these. */
export const digestOf = (requests: ReadonlyArray<StoredRequest>): Hash =>
  made(
    Hash,
    hash(
      'sha256',
      requests
        .map(({ requestId }) => `${requestId}\n`)
        .toSorted()
        .join(''),
    ),
  )

const byId = (requests: ReadonlyArray<StoredRequest>): ReadonlyMap<RemovalRequestId, StoredRequest> =>
  new Map(requests.map(request => [request.requestId, request]))

export const told = (request: StoredRequest) => ({
  tenantId: request.tenantId,
  requestId: request.requestId,
  subject: subjectOf(request),
  batch: request.batch ?? request.joined[0] ?? null,
})

export const subjectOf = ({ subject }: StoredRequest) => {
  if (subject === null) throw new Error('Nobody was erased here')
  return subject
}
