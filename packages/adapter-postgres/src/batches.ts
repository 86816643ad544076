import type { BatchStanding, Batches, BatchSummary, Decided } from '@lethe/application'
import {
  ActorReference,
  type BatchId,
  Hash,
  type Instant,
  instantFromMilliseconds,
  RemovalRequestId,
  type RemovalState,
  TenantId,
  type UserId,
} from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { actorColumns } from './actor-rows.js'
import { batchRefusals, lockingBatches } from './batch-admission.js'
import { hasState, membersOf, readBatchPage, stateOfJoined, statesIn } from './batch-listing.js'
import { type Checking, columnIn, dateColumn, decodedRow, type ReadStored } from './event-rows.js'
import { openStates, type PeopleDeps } from './people.js'
import { orUnavailable } from './problems.js'
import { type ReadingDeps, readRequests } from './reading-requests.js'
import type { Statement } from './tenant-transactions.js'

const sampleSize = 10
const mostHomeTenants = 20

/** The statements about a batch have no name: batches differ in size so much that a plan for all of them would suit few. */
const ofBatch = 'tenant_id = $1 and batch_id = $2'

/** Made of the ids in ascending order, each followed by a line feed. */
const digestColumn = `(
  select encode(sha256(convert_to(
    string_agg(request_id::text, chr(10) order by request_id) || chr(10), 'UTF8'
  )), 'hex') from ${membersOf('$2')}
)`

/** As it is stored once the batch is closed. */
const storedDigestColumn = `coalesce(
  (select encode(digest, 'hex') from lethe.batch_closed where ${ofBatch}),
  ${digestColumn}
)`

const isThere = `exists (select from lethe.batch where ${ofBatch}) as found`

/** Batches, in the tables of that name, with their requests in `removal_request` and `removal_subject`. */
export const postgresBatches = (deps: PeopleDeps & Checking): Batches => {
  const { transactions, onProblem } = deps
  const attempt = orUnavailable(onProblem)
  return {
    list: (tenantId, filter, page) =>
      pipe(
        attempt('list-batches', () => readBatchPage(transactions, tenantId, filter, page)),
        TE.flatMap(TE.fromEither),
      ),
    summary: (tenantId, batch) =>
      attempt('batch-summary', async () =>
        summaryIn(await transactions.once(tenantId, summaryStatement(tenantId, batch))),
      ),
    refusalOf: (tenantId, batch, actor) =>
      attempt(
        'batch-refusal',
        async () => (await batchRefusals(transactions, tenantId, [{ batch, actor }]))[0] ?? null,
      ),
    close: (tenantId, batch, digest, at, isBegun) =>
      attempt('close-batch', async () =>
        standingIn(
          await transactions.once(tenantId, closing(tenantId, batch, digest, at, isBegun), {
            first: lockingBatches(tenantId, [batch]),
            moments: [at],
          }),
        ),
      ),
    members: (tenantId, batch, states, after, limit) =>
      attempt('batch-members', async () =>
        membersIn(await transactions.once(tenantId, membersStatement(tenantId, batch, states, after, limit))),
      ),
    hasDecided: (tenantId, batch, actor, decided) =>
      attempt('batch-decided', async () => {
        const { i, k } = actorColumns(actor)
        const rows = await transactions.once(tenantId, deciding(tenantId, batch, [i, k], decided))
        return columnIn('decided', t.boolean, rows)[0] === true
      }),
    requestFor: (tenantId, batch, userId) =>
      attempt('batch-request', async () => {
        const found = await batchRequests(deps, tenantId, [{ batch, userId }])
        return O.fromNullable(found.get(keyOf(batch, userId))?.request)
      }),
  }
}

const summaryStatement = (tenantId: TenantId, batch: BatchId): Statement => ({
  text: `
    with by_state as materialized (
      select state, count(*)::int as count, min(due_at) as due_at from ${membersOf('$2')}
      group by state
    ), home as materialized (
      select tenant, count(*)::int as count from (
        select home_tenant_id as tenant from lethe.removal_subject where ${ofBatch}
        union all
        select subject.home_tenant_id from lethe.batch_member member
        join lethe.removal_subject subject
          on subject.tenant_id = member.tenant_id and subject.commitment = member.subject
        where member.tenant_id = $1 and member.batch_id = $2
      ) as homes
      where tenant is not null
      group by tenant
    )
    select
      batch.maker, batch.submitted_at, closed.closed_at,
      (select coalesce(sum(count), 0)::int from by_state) as count,
      ${digestColumn} as digest,
      (select coalesce(jsonb_object_agg(state, count), '{}') from by_state) as states,
      (select coalesce(jsonb_agg(most), '[]') from
        (select tenant, count from home order by count desc, tenant limit ${mostHomeTenants}) as most) as homes,
      (select count(*)::int from home) as home_count,
      (select min(due_at) from by_state where state in (${openStates})) as due_at,
      array(
        select request_id from ${membersOf('$2')}
        order by md5(request_id::text)
        limit ${sampleSize}
      ) as sample
    from lethe.batch batch
    left join lethe.batch_closed closed on closed.tenant_id = batch.tenant_id and closed.batch_id = batch.batch_id
    where batch.tenant_id = $1 and batch.batch_id = $2`,
  values: [tenantId, batch],
})

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

const SummaryRow = t.strict({
  maker: ActorReference,
  submitted_at: dateColumn,
  closed_at: orNull(dateColumn),
  count: t.number,
  digest: Hash,
  states: t.record(t.string, t.number),
  homes: t.readonlyArray(t.strict({ tenant: TenantId, count: t.number })),
  home_count: t.number,
  due_at: orNull(dateColumn),
  sample: t.readonlyArray(RemovalRequestId),
})

const summaryIn = (rows: ReadonlyArray<unknown>): O.Option<BatchSummary> => {
  if (rows.length === 0) return O.none
  const row = decodedRow(SummaryRow, rows[0])
  return O.some({
    maker: row.maker,
    submittedAt: instantOf(row.submitted_at),
    closedAt: row.closed_at === null ? null : instantOf(row.closed_at),
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

/** One statement, under the lock of the batch: what it looks at is what it closes. */
const closing = (
  tenantId: TenantId,
  batch: BatchId,
  digest: Hash,
  at: Instant,
  isBegun: boolean,
): Statement => ({
  text: `
    with standing as materialized (
      select
        ${isBegun ? storedDigestColumn : digestColumn} as digest,
        ${hasState('$2', `array['pendingApproval']`, 'unreadable_at is null')} as waits
    ), closed as (
      insert into lethe.batch_closed (tenant_id, batch_id, digest, closed_at)
      select $1, $2, decode($3, 'hex'), $4 from standing
      where waits and digest = $3 and not exists (select from lethe.batch_closed where ${ofBatch})
    )
    select ${isThere}, digest, waits from standing`,
  values: [tenantId, batch, digest, at],
})

const StandingRow = t.union([
  t.strict({ found: t.literal(true), digest: Hash, waits: t.boolean }),
  t.strict({ found: t.literal(false) }),
])

const standingIn = (rows: ReadonlyArray<unknown>): O.Option<BatchStanding> => {
  const row = decodedRow(StandingRow, rows[0])
  return row.found ? O.some({ digest: row.digest, waits: row.waits }) : O.none
}

/** Each half is read by key, from an index, and no further than it has to be. */
const membersStatement = (
  tenantId: TenantId,
  batch: BatchId,
  states: ReadonlyArray<RemovalState>,
  after: RemovalRequestId | null,
  limit: number,
): Statement => ({
  text: `
    select ${isThere}, array(
      select request_id from (
        (
          select request_id from lethe.removal_request
          where ${ofBatch} and state = any($3) and ($4::uuid is null or request_id > $4)
          order by request_id
          limit $5
        )
        union all
        (
          select request_id from lethe.batch_member joined
          where ${ofBatch} and ${stateOfJoined()} = any($3) and ($4::uuid is null or request_id > $4)
          order by request_id
          limit $5
        )
      ) as members
      order by request_id
      limit $5
    ) as ids`,
  values: [tenantId, batch, states, after, limit],
})

const MembersRow = t.strict({ found: t.boolean, ids: t.readonlyArray(RemovalRequestId) })

const membersIn = (rows: ReadonlyArray<unknown>): O.Option<ReadonlyArray<RemovalRequestId>> => {
  const { found, ids } = decodedRow(MembersRow, rows[0])
  return found ? O.some(ids) : O.none
}

const deciding = (
  tenantId: TenantId,
  batch: BatchId,
  identity: ReadonlyArray<string>,
  decided: Decided,
): Statement => ({
  text: `
    select exists (
      select from ${membersOf('$2')}
      join lethe.removal_actor actor
        on actor.tenant_id = $1 and actor.identity = $3 and actor.kind = $4 and actor.request_id = member.request_id
      join lethe.removal_event happened
        on happened.tenant_id = $1 and happened.request_id = member.request_id and happened.type = $5
          and happened.data ->> 'by' = actor.reference::text
      where $6::text is null or happened.data ->> 'code' = $6
    ) as decided`,
  values: [
    tenantId,
    batch,
    ...identity,
    ...(decided.kind === 'approved' ? ['approvalGiven', null] : ['removalDenied', decided.code]),
  ],
})

/** Somebody in a batch. */
export interface BatchMember {
  readonly batch: BatchId
  readonly userId: UserId
}

export const keyOf = (batch: BatchId, userId: UserId): string => `${batch} ${userId}`

/** The requests of batches for profiles, by `keyOf`, whatever became of them. */
export const batchRequests = async (
  deps: ReadingDeps,
  tenantId: TenantId,
  members: ReadonlyArray<BatchMember>,
): Promise<ReadonlyMap<string, ReadStored>> => {
  if (members.length === 0) return new Map()
  const rows = await deps.transactions.once(tenantId, {
    name: 'batch-requests',
    text: `
      with asked as (
        select batch_id, user_id from unnest($2::uuid[], $3::uuid[]) as asked(batch_id, user_id)
      )
      select concat(asked.batch_id, ' ', asked.user_id) as member, subject.request_id
      from asked
      join lethe.removal_subject subject
        on subject.tenant_id = $1 and subject.batch_id = asked.batch_id and subject.user_id = asked.user_id
      union all
      select concat(asked.batch_id, ' ', asked.user_id), subject.request_id
      from asked
      join lethe.removal_subject subject on subject.tenant_id = $1 and subject.user_id = asked.user_id
      join lethe.batch_member member
        on member.tenant_id = $1 and member.batch_id = asked.batch_id and member.request_id = subject.request_id`,
    values: [tenantId, members.map(({ batch }) => batch), members.map(({ userId }) => userId)],
  })
  const keys = columnIn('member', t.string, rows)
  const ids = columnIn('request_id', RemovalRequestId, rows)
  const requests = await readRequests(deps, tenantId, ids)
  return new Map(
    ids.flatMap((id, index): ReadonlyArray<readonly [string, ReadStored]> => {
      const [key, read] = [keys[index], requests.get(id)]
      return key === undefined || read === undefined ? [] : [[key, read]]
    }),
  )
}
