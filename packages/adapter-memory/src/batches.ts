import { hash } from 'node:crypto'
import type { Batches, BatchSummary, SubjectRecord } from '@lethe/application'
import { type BatchId, Hash, isOpen, type RemovalRequest, type TenantId } from '@lethe/domain'
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
      .toSorted((one, other) => (one.request.id < other.request.id ? -1 : 1))
  return {
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
    dueAt:
      members
        .filter(({ request }) => isOpen(request.state))
        .map(({ request }) => request.dueAt)
        .toSorted()[0] ?? null,
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
