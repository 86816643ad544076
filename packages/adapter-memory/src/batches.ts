import { hash } from 'node:crypto'
import type {
  Actor,
  Batches,
  BatchFilter,
  BatchRefusal,
  BatchSummary,
  Decided,
  ListedBatch,
  SubjectRecord,
} from '@lethe/application'
import {
  type ActorReference,
  BatchId,
  batchesOf,
  Hash,
  type Instant,
  isOpen,
  type RemovalRequest,
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

/** What is kept of a batch beside its requests. */
export interface BatchRecord {
  readonly maker: ActorReference
  readonly submittedAt: Instant
  readonly closed: { readonly digest: Hash; readonly at: Instant } | null
}

/** What batches are read from. */
export interface BatchSource {
  /** Every request of a tenant. */
  readonly allOf: (tenantId: TenantId) => ReadonlyArray<BatchMember>
  /** The batches of a tenant; they can be closed in it. */
  readonly recordsOf: (tenantId: TenantId) => Map<BatchId, BatchRecord>
  /** Whether a reference stands for that actor; never once it was erased. */
  readonly isActor: (tenantId: TenantId, reference: ActorReference, actor: Actor) => boolean
  /** Whether that actor decided the request like that. */
  readonly didDecide: (tenantId: TenantId, request: RemovalRequest, actor: Actor, decided: Decided) => boolean
}

const sampleSize = 10
const mostHomeTenants = 20

/** Why somebody may not add to a batch; null where they may. */
export const batchRefusal =
  ({ recordsOf, isActor }: Pick<BatchSource, 'recordsOf' | 'isActor'>) =>
  (tenantId: TenantId, batch: BatchId, actor: Actor): BatchRefusal | null => {
    const record = recordsOf(tenantId).get(batch)
    if (record === undefined) return null
    if (!isActor(tenantId, record.maker, actor)) return { _tag: 'NotBatchMaker' }
    return record.closed === null ? null : { _tag: 'BatchClosed' }
  }

/** The requests of a batch, in ascending order of their ids. */
export const membersIn = <M extends BatchMember>(
  members: ReadonlyArray<M>,
  batch: BatchId,
): ReadonlyArray<M> =>
  members
    .filter(({ request }) => batchesOf(request).includes(batch))
    .toSorted((one, other) => (one.request.id < other.request.id ? -1 : 1))

export const inMemoryBatches = (source: BatchSource): Batches => {
  const { allOf, recordsOf, didDecide } = source
  const refusalOf = batchRefusal(source)
  const membersOf = (tenantId: TenantId, batch: BatchId): ReadonlyArray<BatchMember> =>
    membersIn(allOf(tenantId), batch)
  return {
    list: (tenantId, filter, { size, after }) =>
      TE.fromIOEither(() => {
        if (after !== null && !BatchId.is(after)) return E.left({ _tag: 'InvalidPageToken' })
        const all = listedIn(recordsOf(tenantId), allOf(tenantId))
        const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
        const found = all.slice(start).filter(batch => matches(batch, filter))
        const items = found.slice(0, size)
        return E.right({ items, next: found.length > size ? (items.at(-1)?.id ?? null) : null })
      }),
    summary: (tenantId, batch) =>
      TE.fromIO(() => {
        const record = recordsOf(tenantId).get(batch)
        return record === undefined ? O.none : O.some(summaryOf(record, membersOf(tenantId, batch)))
      }),
    refusalOf: (tenantId, batch, actor) => TE.fromIO(() => refusalOf(tenantId, batch, actor)),
    close: (tenantId, batch, digest, at) =>
      TE.fromIO(() => {
        const records = recordsOf(tenantId)
        const record = records.get(batch)
        if (record === undefined) return O.none
        const members = membersOf(tenantId, batch)
        const standing = {
          digest: digestOf(members),
          waits: members.some(({ request }) => request.state === 'pendingApproval'),
        }
        if (record.closed === null && standing.waits && standing.digest === digest)
          records.set(batch, { ...record, closed: { digest, at } })
        return O.some(standing)
      }),
    members: (tenantId, batch, states, after, limit) =>
      TE.fromIO(() =>
        recordsOf(tenantId).has(batch)
          ? O.some(
              membersOf(tenantId, batch)
                .map(({ request }) => request)
                .filter(({ id, state }) => states.includes(state) && (after === null || id > after))
                .slice(0, limit)
                .map(({ id }) => id),
            )
          : O.none,
      ),
    hasDecided: (tenantId, batch, actor, decided) =>
      TE.fromIO(() =>
        membersOf(tenantId, batch).some(({ request }) => didDecide(tenantId, request, actor, decided)),
      ),
    requestFor: (tenantId, batch, userId) =>
      TE.fromIO(() =>
        O.fromNullable(membersOf(tenantId, batch).find(({ subject }) => subject?.userId === userId)?.request),
      ),
  }
}

/** The newest first. */
const listedIn = (
  records: ReadonlyMap<BatchId, BatchRecord>,
  members: ReadonlyArray<BatchMember>,
): ReadonlyArray<ListedBatch> =>
  [...records]
    .map(([id, record]) => {
      const requests = membersIn(members, id).map(({ request }) => request)
      return {
        id,
        submittedAt: record.submittedAt,
        closedAt: record.closed?.at ?? null,
        count: requests.length,
        states: counted(requests.map(({ state }) => state)),
        dueAt: dueAtOf(requests),
      }
    })
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1))

/** Sorts by time, and by id where that is the same. */
const keyOf = ({ id, submittedAt }: ListedBatch): string => `${submittedAt} ${id}`

const matches = (batch: ListedBatch, { states }: BatchFilter): boolean =>
  states === undefined || states.some(state => batch.states.has(state))

const dueAtOf = (requests: ReadonlyArray<RemovalRequest>): Instant | null =>
  requests
    .filter(({ state }) => isOpen(state))
    .map(({ dueAt }) => dueAt)
    .toSorted()[0] ?? null

const summaryOf = (record: BatchRecord, members: ReadonlyArray<BatchMember>): BatchSummary => {
  const homes = [
    ...counted(members.flatMap(({ subject }) => (subject === null ? [] : [subject.homeTenantId]))),
  ]
  return {
    maker: record.maker,
    submittedAt: record.submittedAt,
    closedAt: record.closed?.at ?? null,
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
