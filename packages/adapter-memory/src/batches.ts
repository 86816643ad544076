import { hash } from 'node:crypto'
import type { Batches, BatchFilter, BatchSummary, ListedBatch, SubjectRecord } from '@lethe/application'
import {
  type BatchId,
  Hash,
  type Instant,
  isOpen,
  type RemovalRequest,
  RemovalRequestId,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** A request, and whom it is about; null once erased. */
export interface BatchMember {
  readonly request: RemovalRequest
  readonly subject: SubjectRecord | null
}

const sampleSize = 10
const mostHomeTenants = 20

/** @param allOf every request of a tenant. */
export const inMemoryBatches = (allOf: (tenantId: TenantId) => ReadonlyArray<BatchMember>): Batches => {
  const membersOf = (tenantId: TenantId, batch: BatchId): ReadonlyArray<BatchMember> =>
    allOf(tenantId)
      .filter(({ request }) => request.batch === batch)
      .toSorted((one, other) => byId(one.request, other.request))
  return {
    list: (tenantId, filter, { size, after }) =>
      TE.fromIOEither(() => {
        if (after !== null && !RemovalRequestId.is(after)) return E.left({ _tag: 'InvalidPageToken' })
        const found = batchesIn(allOf(tenantId), filter).filter(
          ({ first }) => after === null || first < after,
        )
        const items = found.slice(0, size)
        return E.right({
          items: items.map(({ batch }) => batch),
          next: found.length > size ? (items.at(-1)?.first ?? null) : null,
        })
      }),
    summary: (tenantId, batch) =>
      TE.fromIO(() => {
        const members = membersOf(tenantId, batch)
        return members.length === 0 ? O.none : O.some(summaryOf(members))
      }),
    pending: (tenantId, batch, after, limit) =>
      TE.fromIO(() => {
        const members = membersOf(tenantId, batch)
        return members.length === 0
          ? O.none
          : O.some({
              digest: digestOf(members),
              ids: members
                .map(({ request }) => request)
                .filter(({ id, state }) => state === 'pendingApproval' && (after === null || id > after))
                .slice(0, limit)
                .map(({ id }) => id),
            })
      }),
    requestFor: (tenantId, batch, userId) =>
      TE.fromIO(() =>
        O.fromNullable(membersOf(tenantId, batch).find(({ subject }) => subject?.userId === userId)?.request),
      ),
  }
}

/** The newest first, each with its first request. */
const batchesIn = (
  members: ReadonlyArray<BatchMember>,
  { states }: BatchFilter,
): ReadonlyArray<{ readonly first: RemovalRequestId; readonly batch: ListedBatch }> =>
  [...Map.groupBy(members, ({ request }) => request.batch)]
    .flatMap(([id, those]) => {
      const requests = those.map(({ request }) => request).toSorted(byId)
      const [first] = requests
      return id === null ||
        first === undefined ||
        (states !== undefined && !requests.some(({ state }) => states.includes(state)))
        ? []
        : [{ first: first.id, batch: listed(id, first, requests) }]
    })
    .toSorted((one, other) => (one.first < other.first ? 1 : -1))

const listed = (
  id: BatchId,
  first: RemovalRequest,
  requests: ReadonlyArray<RemovalRequest>,
): ListedBatch => ({
  id,
  submittedAt: first.submittedAt,
  count: requests.length,
  states: counted(requests.map(({ state }) => state)),
  dueAt: dueAtOf(requests),
})

const byId = (one: RemovalRequest, other: RemovalRequest): number => (one.id < other.id ? -1 : 1)

const dueAtOf = (requests: ReadonlyArray<RemovalRequest>): Instant | null =>
  requests
    .filter(({ state }) => isOpen(state))
    .map(({ dueAt }) => dueAt)
    .toSorted()[0] ?? null

const summaryOf = (members: ReadonlyArray<BatchMember>): BatchSummary => {
  const homes = [
    ...counted(members.flatMap(({ subject }) => (subject === null ? [] : [subject.homeTenantId]))),
  ]
  return {
    count: members.length,
    digest: digestOf(members),
    states: counted(members.map(({ request }) => request.state)),
    homeTenants: homes
      .map(([tenantId, count]) => ({ tenantId, count }))
      .toSorted((one, other) => other.count - one.count || (one.tenantId < other.tenantId ? -1 : 1))
      .slice(0, mostHomeTenants),
    homeTenantCount: homes.length,
    dueAt: dueAtOf(members.map(({ request }) => request)),
    sample: members
      .map(({ request }) => request.id)
      .toSorted((one, other) => (hash('md5', one) < hash('md5', other) ? -1 : 1))
      .slice(0, sampleSize),
  }
}

const counted = <A>(values: ReadonlyArray<A>): ReadonlyMap<A, number> => {
  const counts = new Map<A, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

const digestOf = (members: ReadonlyArray<BatchMember>): Hash => {
  const digest = Hash.decode(hash('sha256', members.map(({ request }) => `${request.id}\n`).join('')))
  if (E.isLeft(digest)) throw new Error('SHA-256 gives a hash')
  return digest.right
}
