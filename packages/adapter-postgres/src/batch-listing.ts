import type { BatchFilter, InvalidPageToken, ListedBatch, Page, PageRequest } from '@lethe/application'
import {
  BatchId,
  instantFromMilliseconds,
  RemovalRequestId,
  RemovalState,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { dateColumn, decodedRow } from './event-rows.js'
import { openStates } from './people.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

/**
 * Goes from one batch to the next in the index, and looks at no more than one row of each; only those of the page are counted. An
 * index on all rows of all batches would be read whole by a plain `distinct`, and by an `exists` that is hashed.
 */
const pageStatement = (
  tenantId: TenantId,
  { states }: BatchFilter,
  after: RemovalRequestId | null,
  size: number,
): Statement => ({
  name: 'batch-list',
  text: `
    with recursive batch (id, first) as (
      (
        select batch_id, request_id from lethe.removal_request
        where tenant_id = $1 and batch_id is not null
        order by batch_id, request_id
        limit 1
      )
      union all
      select next.batch_id, next.request_id
      from batch
      cross join lateral (
        select batch_id, request_id from lethe.removal_request
        where tenant_id = $1 and batch_id > batch.id
        order by batch_id, request_id
        limit 1
      ) next
    ), page as materialized (
      select id, first from batch
      where ($3::uuid is null or first < $3)
        and ($4::text[] is null or (
          select true from lethe.removal_request
          where tenant_id = $1 and batch_id = batch.id and state = any($4)
          limit 1
        ))
      order by first desc
      limit $2
    )
    select page.id, page.first, submitted.at, member.states, member.due_at
    from page
    join lethe.removal_event submitted
      on submitted.tenant_id = $1 and submitted.request_id = page.first and submitted.sequence = 1
    cross join lateral (
      select
        jsonb_object_agg(state, count) as states,
        min(due_at) filter (where state in (${openStates})) as due_at
      from (
        select state, count(*)::int as count, min(due_at) as due_at from lethe.removal_request
        where tenant_id = $1 and batch_id = page.id
        group by state
      ) as by_state
    ) member
    order by page.first desc`,
  values: [tenantId, size, after, states ?? null],
})

const Row = t.strict({
  id: BatchId,
  first: RemovalRequestId,
  at: dateColumn,
  states: t.record(t.string, t.number),
  due_at: t.union([dateColumn, t.null]),
})

/** A page of the batches of a tenant. */
export const readBatchPage = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  filter: BatchFilter,
  { size, after }: PageRequest,
): Promise<E.Either<InvalidPageToken, Page<ListedBatch>>> => {
  const last = after === null ? E.right(null) : RemovalRequestId.decode(after)
  if (E.isLeft(last)) return E.left({ _tag: 'InvalidPageToken' })
  // One more than asked for tells whether there is a next page.
  const rows = await transactions.once(tenantId, pageStatement(tenantId, filter, last.right, size + 1))
  const found = rows.map(row => decodedRow(Row, row))
  const items = found.slice(0, size)
  return E.right({
    items: items.map(listed),
    next: found.length > size ? (items.at(-1)?.first ?? null) : null,
  })
}

const listed = (row: t.TypeOf<typeof Row>): ListedBatch => ({
  id: row.id,
  submittedAt: instantFromMilliseconds(row.at.getTime()),
  count: Object.values(row.states).reduce((sum, count) => sum + count, 0),
  states: statesIn(row.states),
  dueAt: row.due_at === null ? null : instantFromMilliseconds(row.due_at.getTime()),
})

/** How many requests are in each state, as a column of JSON has it. */
export const statesIn = (states: Readonly<Record<string, number>>): ReadonlyMap<RemovalState, number> =>
  new Map(Object.entries(states).map(([state, count]) => [decodedRow(RemovalState, state), count]))
