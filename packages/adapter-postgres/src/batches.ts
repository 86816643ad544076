import type { Batches, BatchSummary } from '@lethe/application'
import {
  type BatchId,
  Hash,
  type Instant,
  instantFromMilliseconds,
  RemovalRequestId,
  TenantId,
  type UserId,
} from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { readBatchPage, statesIn } from './batch-listing.js'
import { columnIn, dateColumn, decodedRow, type ReadRequest } from './event-rows.js'
import { knownDigests } from './known-digests.js'
import { openStates, type PeopleDeps } from './people.js'
import { orUnavailable } from './problems.js'
import { readRequests } from './reading-requests.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

const sampleSize = 10
const mostHomeTenants = 20

/** The statements about a batch have no name: batches differ in size so much that a plan for all of them would suit few. */
const ofBatch = 'tenant_id = $1 and batch_id = $2'

/** Of the ids in ascending order, each followed by a line feed. */
const digestColumn = `encode(
  sha256(convert_to(string_agg(request_id::text, chr(10) order by request_id) || chr(10), 'UTF8')), 'hex'
)`

/** Batches, in `removal_request` and `removal_subject`. */
export const postgresBatches = ({ transactions, onProblem }: PeopleDeps): Batches => {
  const attempt = orUnavailable(onProblem)
  const known = knownDigests()
  return {
    list: (tenantId, filter, page) =>
      pipe(
        attempt(() => readBatchPage(transactions, tenantId, filter, page)),
        TE.flatMap(TE.fromEither),
      ),
    summary: (tenantId, batch) =>
      attempt(async () => {
        const found = summaryIn(await transactions.once(tenantId, summaryStatement(tenantId, batch)))
        if (O.isSome(found)) {
          const { count, digest } = found.value
          known.remember(tenantId, batch, { count, digest })
        }
        return found
      }),
    pending: (tenantId, batch, after, limit) =>
      attempt(async () => {
        const before = known.of(tenantId, batch)
        const rows = await transactions.once(
          tenantId,
          pendingStatement(tenantId, batch, after, limit, before?.count ?? null),
        )
        const { count, digest, ids } = decodedRow(PendingRow, rows[0])
        if (digest === null)
          return before === undefined || count === 0 ? O.none : O.some({ digest: before.digest, ids })
        known.remember(tenantId, batch, { count, digest })
        return O.some({ digest, ids })
      }),
    requestFor: (tenantId, batch, userId) =>
      attempt(async () => {
        const found = await batchRequests(transactions, tenantId, [{ batch, userId }])
        return O.fromNullable(found.get(keyOf(batch, userId))?.request)
      }),
  }
}

const summaryStatement = (tenantId: TenantId, batch: BatchId): Statement => ({
  text: `
    with by_state as materialized (
      select state, count(*)::int as count, min(due_at) as due_at from lethe.removal_request
      where ${ofBatch}
      group by state
    ), home as materialized (
      select home_tenant_id as tenant, count(*)::int as count from lethe.removal_subject
      where ${ofBatch} and home_tenant_id is not null
      group by home_tenant_id
    )
    select
      (select coalesce(sum(count), 0)::int from by_state) as count,
      (select ${digestColumn} from lethe.removal_request where ${ofBatch}) as digest,
      (select coalesce(jsonb_object_agg(state, count), '{}') from by_state) as states,
      (select coalesce(jsonb_agg(most), '[]') from
        (select tenant, count from home order by count desc, tenant limit ${mostHomeTenants}) as most) as homes,
      (select count(*)::int from home) as home_count,
      (select min(due_at) from by_state where state in (${openStates})) as due_at,
      array(
        select request_id from lethe.removal_request
        where ${ofBatch}
        order by md5(request_id::text)
        limit ${sampleSize}
      ) as sample`,
  values: [tenantId, batch],
})

const SummaryRow = t.strict({
  count: t.number,
  digest: t.union([Hash, t.null]),
  states: t.record(t.string, t.number),
  homes: t.readonlyArray(t.strict({ tenant: TenantId, count: t.number })),
  home_count: t.number,
  due_at: t.union([dateColumn, t.null]),
  sample: t.readonlyArray(RemovalRequestId),
})

const summaryIn = (rows: ReadonlyArray<unknown>): O.Option<BatchSummary> => {
  const row = decodedRow(SummaryRow, rows[0])
  return row.digest === null
    ? O.none
    : O.some({
        count: row.count,
        digest: row.digest,
        states: statesIn(row.states),
        homeTenants: row.homes.map(({ tenant, count }) => ({ tenantId: tenant, count })),
        homeTenantCount: row.home_count,
        dueAt: row.due_at === null ? null : instantOf(row.due_at),
        sample: row.sample,
      })
}

const instantOf = (at: Date): Instant => instantFromMilliseconds(at.getTime())

/**
 * One statement, so that what is found and the digest are of one moment.
 *
 * @param known how many requests a batch has whose digest need not be made; null where it has to be.
 */
const pendingStatement = (
  tenantId: TenantId,
  batch: BatchId,
  after: RemovalRequestId | null,
  limit: number,
  known: number | null,
): Statement => ({
  text: `
    with member as materialized (
      select count(*)::int as count from lethe.removal_request where ${ofBatch}
    )
    select
      (select count from member) as count,
      case
        when (select count from member) = $5::int then null
        else (select ${digestColumn} from lethe.removal_request where ${ofBatch})
      end as digest,
      array(
        select request_id from lethe.removal_request
        where ${ofBatch} and state = 'pendingApproval' and ($3::uuid is null or request_id > $3)
        order by request_id
        limit $4
      ) as ids`,
  values: [tenantId, batch, after, limit, known],
})

const PendingRow = t.strict({
  count: t.number,
  /** Null where the batch is empty, or as large as it is known to be. */
  digest: t.union([Hash, t.null]),
  ids: t.readonlyArray(RemovalRequestId),
})

/** Somebody in a batch. */
export interface BatchMember {
  readonly batch: BatchId
  readonly userId: UserId
}

export const keyOf = (batch: BatchId, userId: UserId): string => `${batch} ${userId}`

/** The requests of batches for profiles, by `keyOf`, whatever became of them. */
export const batchRequests = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  members: ReadonlyArray<BatchMember>,
): Promise<ReadonlyMap<string, ReadRequest>> => {
  if (members.length === 0) return new Map()
  const rows = await transactions.once(tenantId, {
    name: 'batch-requests',
    text: `
      select concat(subject.batch_id, ' ', subject.user_id) as member, subject.request_id
      from unnest($2::uuid[], $3::uuid[]) as asked(batch_id, user_id)
      join lethe.removal_subject subject
        on subject.tenant_id = $1 and subject.batch_id = asked.batch_id and subject.user_id = asked.user_id`,
    values: [tenantId, members.map(({ batch }) => batch), members.map(({ userId }) => userId)],
  })
  const keys = columnIn('member', t.string, rows)
  const ids = columnIn('request_id', RemovalRequestId, rows)
  const requests = await readRequests(transactions, tenantId, ids)
  return new Map(
    ids.flatMap((id, index): ReadonlyArray<readonly [string, ReadRequest]> => {
      const [key, read] = [keys[index], requests.get(id)]
      return key === undefined || read === undefined ? [] : [[key, read]]
    }),
  )
}
