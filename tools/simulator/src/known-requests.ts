import {
  type ActorReference,
  additionsIn,
  type BatchId,
  batchesOf,
  type Hash,
  type Instant,
  isOpen,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalRequestId,
  type TenantId,
  type UserId,
} from '@lethe/domain'

import { digestOf } from './batch-digest.js'
import type { Harm } from './tampering.js'

/** What is known of a request, from everything that was seen of it so far. */
export interface KnownRequest {
  readonly id: RemovalRequestId
  readonly tenantId: TenantId
  /** Whom it is about: as it was submitted, whatever the store says. */
  readonly userId: UserId
  /** The batch that it was submitted to; null for none. */
  readonly batch: BatchId | null
  /** A short name for the trace. */
  readonly label: string
  readonly request: RemovalRequest
  readonly events: ReadonlyArray<RemovalEvent>
  readonly hashes: ReadonlyArray<Hash>
  /** The request after each event: the first one at index 0. */
  readonly states: ReadonlyArray<RemovalRequest>
  /** The people behind the references, as they were when their references came up. */
  readonly people: ReadonlyMap<ActorReference, UserId>
}

/** A batch, from everything that was added to it. */
export interface KnownBatch {
  readonly id: BatchId
  readonly maker: UserId | undefined
  readonly reference: ActorReference
  readonly submittedAt: Instant
  readonly closed: { readonly digest: Hash; readonly at: Instant } | null
  /** Its requests in the order in which they were added: the batch was each beginning of it once. */
  readonly added: ReadonlyArray<RemovalRequestId>
}

/** A request that was handed to the store. It exists only if the store took it. */
export interface Proposal {
  readonly id: RemovalRequestId
  readonly tenantId: TenantId
  readonly userId: UserId
  readonly batch: BatchId | null
  readonly by: UserId | null
}

/** Everything that is known of all requests. */
export interface KnownRequests {
  readonly propose: (proposal: Proposal) => void
  readonly proposed: (id: RemovalRequestId) => Proposal | undefined
  readonly put: (known: KnownRequest) => void
  readonly get: (id: RemovalRequestId) => KnownRequest | undefined
  readonly all: () => ReadonlyArray<KnownRequest>
  readonly of: (tenantId: TenantId) => ReadonlyArray<KnownRequest>
  readonly openIn: (tenantId: TenantId) => ReadonlyArray<KnownRequest>
  readonly openFor: (tenantId: TenantId, userId: UserId) => KnownRequest | undefined
  /** The requests of a batch, in ascending order of their ids. */
  readonly inBatch: (tenantId: TenantId, batch: BatchId) => ReadonlyArray<KnownRequest>
  /** The request of a batch for a profile, until its person is erased. */
  readonly memberFor: (tenantId: TenantId, batch: BatchId, userId: UserId) => KnownRequest | undefined
  readonly batch: (tenantId: TenantId, batch: BatchId) => KnownBatch | undefined
  readonly batches: (tenantId: TenantId) => ReadonlyArray<KnownBatch>
  readonly close: (tenantId: TenantId, batch: BatchId, closed: KnownBatch['closed']) => void
  /** What somebody may be told who adds to a batch; null where they may. */
  readonly mayBeTold: (tenantId: TenantId, batch: BatchId, by: UserId) => ReadonlyArray<string | null>
  /** What was in a batch when it had that digest; null if it never had. */
  readonly membersAt: (
    tenantId: TenantId,
    batch: BatchId,
    digest: Hash,
  ) => ReadonlySet<RemovalRequestId> | null
  /** What a submission would join: the request that its batch has for a profile, or else the open one. */
  readonly joinable: (tenantId: TenantId, userId: UserId, batch: BatchId | null) => KnownRequest | undefined
  readonly versionOf: (id: RemovalRequestId) => number
  /** Its submission was answered with success. */
  readonly acknowledge: (id: RemovalRequestId) => void
  readonly isAcknowledged: (id: RemovalRequestId) => boolean
  /** The reference to the data subject was erased in every request of theirs that had ended. */
  readonly eraseSubject: (tenantId: TenantId, userId: UserId) => void
  readonly isSubjectErased: (id: RemovalRequestId) => boolean
  /** References to an actor were erased, in requests that had ended. */
  readonly eraseActor: (tenantId: TenantId, userId: UserId) => void
  readonly isActorErased: (tenantId: TenantId, userId: UserId) => boolean
  /** Somebody tampered with a request, for good. */
  readonly harm: (id: RemovalRequestId, harm: Harm) => void
  /** What was tampered with so far: what was asked for stays as it was. */
  readonly harms: () => ReadonlyMap<RemovalRequestId, Harm>
  /** Whether the history of a request was tampered with, so that it cannot be read any more. */
  readonly isUnreadable: (id: RemovalRequestId) => boolean
  readonly isExchanged: (id: RemovalRequestId) => boolean
  readonly labelOf: (id: RemovalRequestId) => string
}

export const createKnownRequests = (): KnownRequests => {
  const proposals = new Map<RemovalRequestId, Proposal>()
  const requests = new Map<RemovalRequestId, KnownRequest>()
  const acknowledged = new Set<RemovalRequestId>()
  const erased = new Set<RemovalRequestId>()
  const erasedActors = new Set<string>()
  const made = new Map<TenantId, Map<BatchId, KnownBatch>>()
  let harms: ReadonlyMap<RemovalRequestId, Harm> = new Map()
  const batchesOfTenant = (tenantId: TenantId): Map<BatchId, KnownBatch> => {
    const known = made.get(tenantId) ?? new Map<BatchId, KnownBatch>()
    made.set(tenantId, known)
    return known
  }
  const all = (): ReadonlyArray<KnownRequest> => [...requests.values()]
  const of = (tenantId: TenantId): ReadonlyArray<KnownRequest> =>
    all().filter(known => known.tenantId === tenantId)
  const openIn = (tenantId: TenantId): ReadonlyArray<KnownRequest> =>
    of(tenantId).filter(({ request }) => isOpen(request.state))
  const openFor = (tenantId: TenantId, userId: UserId): KnownRequest | undefined =>
    openIn(tenantId).find(known => known.userId === userId)
  const inBatch = (tenantId: TenantId, batch: BatchId): ReadonlyArray<KnownRequest> =>
    of(tenantId)
      .filter(known => batchesOf(known.request).includes(batch))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
  const memberFor = (tenantId: TenantId, batch: BatchId, userId: UserId): KnownRequest | undefined =>
    inBatch(tenantId, batch).find(known => known.userId === userId && !erased.has(known.id))
  return {
    propose: proposal => {
      proposals.set(proposal.id, proposal)
    },
    proposed: id => proposals.get(id),
    put: known => {
      const batches = batchesOfTenant(known.tenantId)
      for (const { batch, by, at } of known.events
        .slice(requests.get(known.id)?.events.length ?? 0)
        .flatMap(additionsIn)) {
        const before = batches.get(batch)
        batches.set(batch, {
          id: batch,
          maker: known.people.get(by),
          reference: by,
          submittedAt: at,
          closed: null,
          ...before,
          added: [...(before?.added ?? []), known.id],
        })
      }
      requests.set(known.id, known)
    },
    get: id => requests.get(id),
    all,
    of,
    openIn,
    openFor,
    inBatch,
    memberFor,
    membersAt: (tenantId, batch, digest) => {
      const { added } = made.get(tenantId)?.get(batch) ?? { added: [] }
      const length = added.findIndex(
        (_, index) =>
          digestOf(
            added
              .slice(0, index + 1)
              .toSorted()
              .map(id => ({ id })),
          ) === digest,
      )
      return length === -1 ? null : new Set(added.slice(0, length + 1))
    },
    batch: (tenantId, batch) => made.get(tenantId)?.get(batch),
    batches: tenantId => [...batchesOfTenant(tenantId).values()],
    close: (tenantId, batch, closed) => {
      const known = made.get(tenantId)?.get(batch)
      if (known !== undefined) batchesOfTenant(tenantId).set(batch, { ...known, closed })
    },
    mayBeTold: (tenantId, batch, by) => {
      const known = made.get(tenantId)?.get(batch)
      if (known === undefined) return [null]
      if (known.maker !== by) return ['NotBatchMaker']
      return [
        known.closed === null ? null : 'BatchClosed',
        ...(erasedActors.has(`${tenantId} ${by}`) ? ['NotBatchMaker'] : []),
      ]
    },
    joinable: (tenantId, userId, batch) =>
      (batch === null ? undefined : memberFor(tenantId, batch, userId)) ?? openFor(tenantId, userId),
    versionOf: id => requests.get(id)?.request.version ?? 0,
    acknowledge: id => {
      acknowledged.add(id)
    },
    isAcknowledged: id => acknowledged.has(id),
    eraseSubject: (tenantId, userId) => {
      for (const known of all())
        if (known.tenantId === tenantId && known.userId === userId && !isOpen(known.request.state))
          erased.add(known.id)
    },
    isSubjectErased: id => erased.has(id),
    eraseActor: (tenantId, userId) => {
      erasedActors.add(`${tenantId} ${userId}`)
    },
    isActorErased: (tenantId, userId) => erasedActors.has(`${tenantId} ${userId}`),
    harm: (id, harm) => {
      harms = new Map([...harms, [id, harm]])
    },
    harms: () => harms,
    isUnreadable: id => harms.has(id) && harms.get(id) !== 'person exchanged',
    isExchanged: id => harms.get(id) === 'person exchanged',
    labelOf: id => requests.get(id)?.label ?? `request ${id}`,
  }
}
