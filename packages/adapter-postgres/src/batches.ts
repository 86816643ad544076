import type { Batches, BatchPending, BatchSummary } from '@lethe/application'
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
import { openStates, type PeopleDeps } from './people.js'
import { orUnavailable } from './problems.js'
import { readRequests } from './reading-requests.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

const sampleSize = 10
const mostHomeTenants = 20

/** Of the ids in ascending order, each followed by a line feed. */
const digestColumn = `encode(sha256(string_agg(request_id::text || chr(10), '' order by request_id)::bytea), 'hex')`

/** Batches, in `removal_request` and `removal_subject`. */
export const postgresBatches = ({ transactions, onProblem }: PeopleDeps): Batches => {
  const attempt = orUnavailable(onProblem)
  return {
    list: (tenantId, filter, page) =>
      pipe(
        attempt(() => readBatchPage(transactions, tenantId, filter, page)),
        TE.flatMap(TE.fromEither),
      ),
    summary: (tenantId, batch) =>
      attempt(async () => summaryIn(await transactions.once(tenantId, summaryStatement(tenantId, batch)))),
    pending: (tenantId, batch, after, limit) =>
      attempt(async () =>
        pendingIn(await transactions.once(tenantId, pendingStatement(tenantId, batch, after, limit))),
      ),
    requestFor: (tenantId, batch, userId) =>
      attempt(async () => {
        const found = await batchRequests(transactions, tenantId, [{ batch, userId }])
        return O.fromNullable(found.get(keyOf(batch, userId))?.request)
      }),
  }
}

const summaryStatement = (tenantId: TenantId, batch: BatchId): Statement => ({
  name: 'batch-summary',
  text: `
    with member as materialized (
      select request_id, state, due_at from lethe.removal_request where tenant_id = $1 and batch_id = $2
    ), home as materialized (
      select home_tenant_id as tenant, count(*)::int as count from lethe.removal_subject
      where tenant_id = $1 and batch_id = $2 and home_tenant_id is not null
      group by home_tenant_id
    )
    select
      (select count(*)::int from member) as count,
      (select ${digestColumn} from member) as digest,
      (select coalesce(jsonb_object_agg(state, count), '{}') from
        (select state, count(*)::int as count from member group by state) as by_state) as states,
      (select coalesce(jsonb_agg(most), '[]') from
        (select tenant, count from home order by count desc, tenant limit ${mostHomeTenants}) as most) as homes,
      (select count(*)::int from home) as home_count,
      (select min(due_at) from member where state in (${openStates})) as due_at,
      array(select request_id from member order by md5(request_id::text) limit ${sampleSize}) as sample`,
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

/** One statement, so that what is found and the digest are of one moment. */
const pendingStatement = (
  tenantId: TenantId,
  batch: BatchId,
  after: RemovalRequestId | null,
  limit: number,
): Statement => ({
  name: 'batch-pending',
  text: `
    select
      (select ${digestColumn} from lethe.removal_request where tenant_id = $1 and batch_id = $2) as digest,
      array(
        select request_id from lethe.removal_request
        where tenant_id = $1 and batch_id = $2 and state = 'pendingApproval'
          and ($3::uuid is null or request_id > $3)
        order by request_id
        limit $4
      ) as ids`,
  values: [tenantId, batch, after, limit],
})

const PendingRow = t.strict({
  digest: t.union([Hash, t.null]),
  ids: t.readonlyArray(RemovalRequestId),
})

const pendingIn = (rows: ReadonlyArray<unknown>): O.Option<BatchPending> => {
  const { digest, ids } = decodedRow(PendingRow, rows[0])
  return digest === null ? O.none : O.some({ digest, ids })
}

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
