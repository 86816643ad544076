import type {
  BatchFilter,
  BatchSummary,
  InvalidPageToken,
  ListedBatch,
  Page,
  PageRequest,
} from '@lethe/application'
import {
  BatchId,
  instantFromMilliseconds,
  RemovalState,
  type StoredRequest,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { dateColumn, decodedRow } from './event-rows.js'
import { openStates } from './people.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

/**
 * The requests of a batch, those that were submitted with it and those that joined it: a table expression with the name `member`.
 *
 * @param batch an expression.
 */
export const membersOf = (batch: string): string => `(
  select request_id, state, due_at from lethe.removal_request where tenant_id = $1 and batch_id = ${batch}
  union all
  select joined.request_id, request.state, request.due_at
  from lethe.batch_member joined
  join lethe.removal_request request
    on request.tenant_id = joined.tenant_id and request.request_id = joined.request_id
  where joined.tenant_id = $1 and joined.batch_id = ${batch}
) as member`

/** At so many batches one page looks at most, where it leaves some out. */
const mostLookedAt = 250

/**
 * The state of a request that joined a batch, of a row `joined`. A subquery and no join, so that no planner looks for it by its state:
 * what it knows of how many are in one is old where many came at once.
 */
export const stateOfJoined = (condition = 'true'): string =>
  `(select state from lethe.removal_request where tenant_id = $1 and request_id = joined.request_id and ${condition})`

/**
 * Whether a batch has a request in one of the states: a probe of each index, which no planner makes a scan of.
 *
 * @param batch an expression, and so are the states.
 * @param condition of `removal_request`, for what else it has to be.
 */
export const hasState = (batch: string, states: string, condition = 'true'): string => `coalesce(
  (
    select true from lethe.removal_request
    where tenant_id = $1 and batch_id = ${batch} and state = any(${states}) and ${condition}
    limit 1
  ),
  (
    select true from lethe.batch_member joined
    where tenant_id = $1 and batch_id = ${batch} and ${stateOfJoined(condition)} = any(${states})
    limit 1
  ),
  false
)`

/**
 * Reads batches by key, the newest first, and counts those of the page only. With a filter it looks at a bounded number of them, and
 * the last row, without states, says how far it came if that was not enough: so that no page costs more the more batches there are.
 */
const pageStatement = (
  tenantId: TenantId,
  { states }: BatchFilter,
  after: BatchId | null,
  size: number,
): Statement => {
  const last = states === undefined ? '$3' : '$4'
  return {
    name: `batch-list${states === undefined ? '' : '-by-state'}${after === null ? '' : '-after'}`,
    text: `
      with looked as materialized (
        select batch_id, submitted_at from lethe.batch
        where tenant_id = $1${after === null ? '' : ` and (submitted_at, batch_id) < (${submittedAtOf(last)}, ${last})`}
        order by submitted_at desc, batch_id desc
        limit ${states === undefined ? '$2' : mostLookedAt}
      ), page as materialized (
        select batch_id, submitted_at from looked${states === undefined ? '' : ` where ${hasState('looked.batch_id', '$3')}`}
        order by submitted_at desc, batch_id desc
        limit $2
      )
      select page.batch_id as id, page.submitted_at, closed.closed_at, counted.states, counted.due_at
      from page
      left join lethe.batch_closed closed on closed.tenant_id = $1 and closed.batch_id = page.batch_id
      cross join lateral (
        select
          coalesce(jsonb_object_agg(state, count), '{}') as states,
          min(due_at) filter (where state in (${openStates})) as due_at
        from (
          select state, count(*)::int as count, min(due_at) as due_at from ${membersOf('page.batch_id')}
          group by state
        ) as by_state
      ) counted${states === undefined ? '' : stoppedLooking}
      order by submitted_at desc, id desc`,
    values: [tenantId, size, ...(states === undefined ? [] : [states]), ...(after === null ? [] : [after])],
  }
}

const submittedAtOf = (batch: string): string =>
  `(select submitted_at from lethe.batch where tenant_id = $1 and batch_id = ${batch})`

const stoppedLooking = `
      union all
      (
        select batch_id, submitted_at, null, null, null from looked
        where (select count(*) from looked) = ${mostLookedAt}
        order by submitted_at, batch_id
        limit 1
      )`

const Row = t.strict({
  id: BatchId,
  submitted_at: dateColumn,
  closed_at: t.union([dateColumn, t.null]),
  /** Null for the batch at which a page stopped looking. */
  states: t.union([t.record(t.string, t.number), t.null]),
  due_at: t.union([dateColumn, t.null]),
})

/** A page of the batches of a tenant. */
export const readBatchPage = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  filter: BatchFilter,
  { size, after }: PageRequest,
): Promise<E.Either<InvalidPageToken, Page<ListedBatch>>> => {
  const last = after === null ? E.right(null) : BatchId.decode(after)
  if (E.isLeft(last)) return E.left({ _tag: 'InvalidPageToken' })
  // One more than asked for tells whether there is a next page.
  const rows = (await transactions.once(tenantId, pageStatement(tenantId, filter, last.right, size + 1))).map(
    row => decodedRow(Row, row),
  )
  const found = rows.flatMap(listed)
  const items = found.slice(0, size)
  const stoppedAt = rows.find(({ states }) => states === null)?.id ?? null
  return E.right({ items, next: found.length > size ? (items.at(-1)?.id ?? null) : stoppedAt })
}

const listed = ({
  id,
  submitted_at,
  closed_at,
  states,
  due_at,
}: t.TypeOf<typeof Row>): ReadonlyArray<ListedBatch> =>
  states === null
    ? []
    : [
        {
          id,
          submittedAt: instantFromMilliseconds(submitted_at.getTime()),
          closedAt: closed_at === null ? null : instantFromMilliseconds(closed_at.getTime()),
          count: Object.values(states).reduce((sum, count) => sum + count, 0),
          states: statesIn(states),
          dueAt: due_at === null ? null : instantFromMilliseconds(due_at.getTime()),
        },
      ]

/** How many requests are in each state, as a column of JSON has it. What is no state of this version cannot be read in it. */
export const statesIn = (states: Readonly<Record<string, number>>): BatchSummary['states'] =>
  Object.entries(states).reduce((counts, [word, count]) => {
    const state = RemovalState.is(word) ? word : 'unreadable'
    return counts.set(state, (counts.get(state) ?? 0) + count)
  }, new Map<StoredRequest['state'], number>())
