import type { RemovalRequestId, TenantId } from '@lethe/domain'
import { eventColumns, type ReadHistory, historiesIn, type ReadRequest, requestsIn } from './event-rows.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

/** Finds the events of requests, in the order in which `requestsIn` and `historiesIn` read them. */
export const byIds = (tenantId: TenantId, ids: ReadonlyArray<RemovalRequestId>): Statement => ({
  name: 'requests-by-ids',
  text: `
    select ${eventColumns}
    from lethe.removal_event e
    join lethe.removal_request r on r.tenant_id = e.tenant_id and r.request_id = e.request_id
    where e.tenant_id = $1 and e.request_id = any($2::uuid[])
    order by e.request_id, e.sequence`,
  values: [tenantId, ids],
})

/** Requests by their ids; what the tenant does not have is left out. */
export const readRequests = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  ids: ReadonlyArray<RemovalRequestId>,
): Promise<ReadonlyMap<RemovalRequestId, ReadRequest>> =>
  ids.length === 0
    ? new Map()
    : new Map(
        requestsIn(await transactions.once(tenantId, byIds(tenantId, ids))).map(read => [
          read.request.id,
          read,
        ]),
      )

/** The history of one request; undefined where the tenant has no such request. */
export const readHistory = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  id: RemovalRequestId,
): Promise<ReadHistory | undefined> =>
  historiesIn(await transactions.once(tenantId, byIds(tenantId, [id])))[0]
