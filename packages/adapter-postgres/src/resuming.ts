import { RemovalRequestId, type TenantId } from '@lethe/domain'
import { columnIn, requestsIn } from './event-rows.js'
import { byIds } from './reading-requests.js'
import type { TakingDeps } from './taking.js'

/** Makes the jobs anew of requests that have waited for one for so long, and lets them wait from now on. */
export const resumeWaiting = (
  { transactions, enqueueWithin }: TakingDeps,
  tenantId: TenantId,
  seconds: number,
  limit: number,
): Promise<number> =>
  transactions.through(tenantId, async run => {
    const rows = await run({
      text: `
        with late as materialized (
          select request_id from lethe.removal_request
          where tenant_id = $1 and job_due_at < pgboss.job_now() - $2 * interval '1 second'
            and unreadable_at is null
          order by job_due_at
          limit $3
          for update skip locked
        )
        update lethe.removal_request request set job_due_at = pgboss.job_now()
        from late
        where request.tenant_id = $1 and request.request_id = late.request_id
        returning request.request_id`,
      values: [tenantId, seconds, limit],
    })
    const ids = columnIn('request_id', RemovalRequestId, rows)
    if (ids.length === 0) return 0
    const requests = requestsIn(await run(byIds(tenantId, ids)), null)
    await enqueueWithin(
      run,
      requests.flatMap(({ request }) => ('job' in request ? [request.job] : [])),
    )
    return ids.length
  })
