import type { RemovalRequestId, TenantId } from '@lethe/domain'
import {
  type Checking,
  isReadable,
  joinedEvents,
  type ReadHistory,
  historiesIn,
  type ReadStored,
  requestColumns,
  storedIn,
} from './event-rows.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

/** Finds requests and their events, in the order in which `requestsIn` and `historiesIn` read them. */
export const byIds = (tenantId: TenantId, ids: ReadonlyArray<RemovalRequestId>): Statement => ({
  name: 'requests-by-ids',
  text: `
    select ${requestColumns}
    from lethe.removal_request r ${joinedEvents}
    where r.tenant_id = $1 and r.request_id = any($2::uuid[])
    order by r.request_id, e.sequence`,
  values: [tenantId, ids],
})

/** What requests are read with, and checked to the end. */
export type ReadingDeps = Checking & { readonly transactions: TenantTransactions }

/** Requests by their ids, checked to the end; what the tenant does not have is left out. */
export const readRequests = async (
  deps: ReadingDeps,
  tenantId: TenantId,
  ids: ReadonlyArray<RemovalRequestId>,
): Promise<ReadonlyMap<RemovalRequestId, ReadStored>> => {
  if (ids.length === 0) return new Map()
  const histories = historiesIn(await deps.transactions.once(tenantId, byIds(tenantId, ids)))
  const read = await readAndMark(deps, tenantId, histories, () => true)
  return new Map(read.map(stored => [stored.request.id, stored]))
}

/**
 * What histories fold to. Those that cannot be read any more are marked, and those that can be read again no more.
 *
 * @param isChecked whether one is checked to the end; otherwise a look at each event will do.
 */
export const readAndMark = async (
  deps: ReadingDeps,
  tenantId: TenantId,
  histories: ReadonlyArray<ReadHistory>,
  isChecked: (history: ReadHistory) => boolean,
): Promise<ReadonlyArray<ReadStored>> => {
  const read = histories.map(history => ({
    history,
    stored: storedIn(history, isChecked(history) ? deps : null),
  }))
  const changed = read
    .filter(({ history, stored }) => history.marked === isReadable(stored))
    .map(({ stored }) => stored)
  await mark(deps.transactions, tenantId, changed)
  for (const { request } of changed) if (request.state === 'unreadable') deps.onUnreadable(request)
  return read.map(({ stored }) => stored)
}

/**
 * Marks those that cannot be read, so that they are counted without reading all histories, and no others. The rows are locked in
 * the order in which appends lock them.
 */
const mark = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  read: ReadonlyArray<ReadStored>,
): Promise<void> => {
  if (read.length === 0) return
  await transactions.once(tenantId, {
    name: 'mark-unreadable',
    text: `
      with locked as (
        select locked.request_id
        from (select one from unnest($2::uuid[]) as one order by one) as given cross join lateral (
          select request_id from lethe.removal_request
          where tenant_id = $1 and request_id = given.one
          for update
        ) as locked
      )
      update lethe.removal_request request
      set unreadable_at =
        case when request.request_id = any($3::uuid[]) then coalesce(unreadable_at, now()) end
      from locked
      where request.tenant_id = $1 and request.request_id = locked.request_id`,
    values: [
      tenantId,
      read.map(({ request }) => request.id),
      read.filter(stored => !isReadable(stored)).map(({ request }) => request.id),
    ],
  })
}

/** The history of one request; undefined where the tenant has no such request. */
export const readHistory = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  id: RemovalRequestId,
): Promise<ReadHistory | undefined> =>
  historiesIn(await transactions.once(tenantId, byIds(tenantId, [id])))[0]
