import { RemovalRequestId, type TenantId } from '@lethe/domain'
import * as t from 'io-ts'
import { columnIn, requestsIn } from './event-rows.js'
import { deadQueue, performQueue, queueSchema } from './queues.js'
import { byIds } from './reading-requests.js'
import type { TakingDeps } from './taking.js'

/**
 * Makes the jobs anew of requests that have waited for one for so long and have none in the queue: neither one that waits, nor one that
 * a worker holds, nor one that is delivered again later, nor a dead one, which ends its request. They wait from now on.
 *
 * A job that its request has moved past counts as one until it was delivered.
 */
export const resumeWaiting = (
  { transactions, enqueueWithin }: TakingDeps,
  tenantId: TenantId,
  seconds: number,
  limit: number,
): Promise<number> =>
  transactions.through(tenantId, async run => {
    const late = `
      tenant_id = $1 and job_due_at < ${queueSchema}.job_now() - $2 * interval '1 second' and unreadable_at is null`
    const found = await run({
      text: `select exists (select from lethe.removal_request where ${late}) as found`,
      values: [tenantId, seconds],
    })
    if (columnIn('found', t.boolean, found)[0] !== true) return 0
    // The queue has no index by request: both sides are read once, whatever the planner knows of their sizes.
    await run({ text: 'set local enable_nestloop = off', values: [] })
    const lost = await run({
      text: `
        with queued as materialized (
          select data ->> 'requestId' as request_id from ${queueSchema}.job
          where name in ('${performQueue}', '${deadQueue}') and group_id = $1::uuid::text and state < 'completed'
        )
        select request_id from lethe.removal_request request
        where ${late} and not exists (select from queued where queued.request_id = request.request_id::text)
        order by job_due_at
        limit $3
        for update skip locked`,
      values: [tenantId, seconds, limit],
    })
    await run({ text: 'set local enable_nestloop = default', values: [] })
    const ids = columnIn('request_id', RemovalRequestId, lost)
    if (ids.length === 0) return 0
    await run({
      text: `
        update lethe.removal_request set job_due_at = ${queueSchema}.job_now()
        where tenant_id = $1 and request_id = any($2::uuid[])`,
      values: [tenantId, ids],
    })
    const requests = requestsIn(await run(byIds(tenantId, ids)), null)
    await enqueueWithin(
      run,
      requests.flatMap(({ request }) => ('job' in request ? [request.job] : [])),
    )
    return ids.length
  })
