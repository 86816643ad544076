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

/** Requests by their ids, checked to the end; what the tenant does not have is left out. */
export const readRequests = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  ids: ReadonlyArray<RemovalRequestId>,
  checking: Checking,
): Promise<ReadonlyMap<RemovalRequestId, ReadStored>> => {
  if (ids.length === 0) return new Map()
  const histories = historiesIn(await transactions.once(tenantId, byIds(tenantId, ids)))
  const read = await readAndMark(transactions, tenantId, histories, () => checking)
  return new Map(read.map(stored => [stored.request.id, stored]))
}

/**
 * What histories fold to. Those that cannot be read any more are marked, and those that can be read again no more.
 *
 * @param checkingOf null where a look at each event will do.
 */
export const readAndMark = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  histories: ReadonlyArray<ReadHistory>,
  checkingOf: (history: ReadHistory) => Checking | null,
): Promise<ReadonlyArray<ReadStored>> => {
  const read = histories.map(history => ({ history, stored: storedIn(history, checkingOf(history)) }))
  const changed = read.filter(({ history, stored }) => history.marked === isReadable(stored))
  await mark(
    transactions,
    tenantId,
    changed.map(({ stored }) => stored),
  )
  return read.map(({ stored }) => stored)
}

/** Marks those that cannot be read, so that they are counted without reading all histories, and no others. */
const mark = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  read: ReadonlyArray<ReadStored>,
): Promise<void> => {
  if (read.length === 0) return
  await transactions.once(tenantId, {
    name: 'mark-unreadable',
    text: `
      update lethe.removal_request
      set unreadable_at = case when request_id = any($3::uuid[]) then coalesce(unreadable_at, now()) end
      where tenant_id = $1 and request_id = any($2::uuid[])`,
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
