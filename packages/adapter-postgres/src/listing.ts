import type { InvalidPageToken, Page, PageRequest, RemovalRequestFilter } from '@lethe/application'
import { type Instant, RemovalRequestId, type StoredRequest, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { columnIn, historiesIn, joinedEvents, requestColumns } from './event-rows.js'
import { openStates } from './people.js'
import { readAndMark, type ReadingDeps, readRequests } from './reading-requests.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

/** Only conditions that are asked for stand in the query, so that each kind of list has a plan of its own. */
const conditionsOf = (
  { states, userId, dueBefore }: RemovalRequestFilter,
  after: RemovalRequestId | null,
): ReadonlyArray<readonly [condition: (parameter: string) => string, value: unknown]> => [
  ...(after === null ? [] : [[(p: string) => `request.request_id < ${p}`, after] as const]),
  ...(states === undefined ? [] : [[(p: string) => `request.state = any(${p}::text[])`, states] as const]),
  ...(dueBefore === undefined ? [] : [[(p: string) => `request.due_at < ${p}`, dueBefore] as const]),
  ...(userId === undefined
    ? []
    : [
        [
          (p: string) =>
            `request.request_id in (select request_id from lethe.removal_subject where tenant_id = $1 and user_id = ${p})`,
          userId,
        ] as const,
      ]),
]

/** The newest first: by key, never by offset, so that the last page costs what the first one does. */
const pageStatement = (
  tenantId: TenantId,
  filter: RemovalRequestFilter,
  after: RemovalRequestId | null,
  size: number,
): Statement => {
  const conditions = conditionsOf(filter, after)
  const batch = `$${conditions.length + 3}`
  const where = conditions.map(([condition], index) => ` and ${condition(`$${index + 3}`)}`).join('')
  const from = (source: string): string => `
    select request.*
    from ${source}${where}
    order by request.request_id desc
    limit $2`
  const all = from('lethe.removal_request request where request.tenant_id = $1')
  // Of a batch each half has an index to be read from: those that were submitted with it, and those that joined it.
  const ofBatch = `
    select * from (
      (${from(`lethe.removal_request request where request.tenant_id = $1 and request.batch_id = ${batch}`)})
      union all
      (${from(`lethe.batch_member member
        join lethe.removal_request request
          on request.tenant_id = member.tenant_id and request.request_id = member.request_id
        where member.tenant_id = $1 and member.batch_id = ${batch}`)})
    ) as members
    order by request_id desc
    limit $2`
  return {
    text: `
      with page as materialized (${filter.batch === undefined ? all : ofBatch})
      select ${requestColumns}
      from page r ${joinedEvents}
      order by r.request_id desc, e.sequence`,
    values: [
      tenantId,
      size,
      ...conditions.map(([, value]) => value),
      ...(filter.batch === undefined ? [] : [filter.batch]),
    ],
  }
}

/**
 * A page of the requests of a tenant, all of it as it stood at one moment. Hashes are made anew only of those that could not be read
 * when somebody last looked at them: no matter who found that, it is shown.
 */
export const readPage = async (
  deps: ReadingDeps,
  tenantId: TenantId,
  filter: RemovalRequestFilter,
  { size, after }: PageRequest,
): Promise<E.Either<InvalidPageToken, Page<StoredRequest>>> => {
  const last = after === null ? E.right(null) : RemovalRequestId.decode(after)
  if (E.isLeft(last)) return E.left({ _tag: 'InvalidPageToken' })
  // One more than asked for tells whether there is a next page.
  const histories = historiesIn(
    await deps.transactions.once(tenantId, pageStatement(tenantId, filter, last.right, size + 1)),
  )
  const read = await readAndMark(deps, tenantId, histories, ({ marked }) => marked)
  const found = read.map(({ request }) => request)
  const items = found.slice(0, size)
  return E.right({ items, next: found.length > size ? (items.at(-1)?.id ?? null) : null })
}

/** Requests that nobody decided and whose time is up, the earliest first. */
export const readExpiring = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  at: Instant,
  limit: number,
): Promise<ReadonlyArray<RemovalRequestId>> =>
  columnIn(
    'request_id',
    RemovalRequestId,
    await transactions.once(
      tenantId,
      {
        name: 'expiring',
        text: `
          select request_id from lethe.removal_request
          where tenant_id = $1 and expires_at <= $2 and unreadable_at is null
          order by expires_at
          limit $3`,
        values: [tenantId, at, limit],
      },
      { moments: [at] },
    ),
  )

/** How many open requests are past their due date. */
export const countOverdue = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  at: Instant,
): Promise<number> =>
  Number(
    columnIn(
      'overdue',
      t.number,
      await transactions.once(tenantId, {
        name: 'overdue',
        text: `
          select count(*)::int as overdue from lethe.removal_request
          where tenant_id = $1 and due_at < $2 and state in (${openStates})`,
        values: [tenantId, at],
      }),
    )[0],
  )

/** So many of those that cannot be read are looked at again whenever they are counted. */
const mostLookedAtAgain = 20

/**
 * How many requests could not be read when they were last looked at. Some of them are looked at again first, others each time: what
 * made them unreadable may have passed, such as a key that a process did not have.
 */
export const countUnreadable = async (deps: ReadingDeps, tenantId: TenantId): Promise<number> => {
  const marked = columnIn(
    'request_id',
    RemovalRequestId,
    await deps.transactions.once(tenantId, {
      name: 'marked-unreadable',
      text: `
        select request_id from lethe.removal_request
        where tenant_id = $1 and unreadable_at is not null
        order by random()
        limit $2`,
      values: [tenantId, mostLookedAtAgain],
    }),
  )
  if (marked.length === 0) return 0
  await readRequests(deps, tenantId, marked)
  return Number(
    columnIn(
      'unreadable',
      t.number,
      await deps.transactions.once(tenantId, {
        name: 'unreadable',
        text: `
          select count(*)::int as unreadable from lethe.removal_request
          where tenant_id = $1 and unreadable_at is not null`,
        values: [tenantId],
      }),
    )[0],
  )
}
