import { type Job, RemovalRequestId, type TenantId } from '@lethe/domain'
import { columnIn } from './event-rows.js'
import type { EnqueueWithin } from './job-queue.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

export interface TakingDeps {
  readonly transactions: TenantTransactions
  readonly enqueueWithin: EnqueueWithin
}

/** What a group of writes holds of one request: which one, and the jobs that it calls for. */
export interface Taking {
  readonly requestId: RemovalRequestId
  readonly jobs: ReadonlyArray<Job>
}

/**
 * Runs a statement that writes a group and returns the ids of those that were taken, together with the jobs of these.
 *
 * @returns the ids: what was written of any other is nothing.
 */
export const take = async (
  { transactions, enqueueWithin }: TakingDeps,
  tenantId: TenantId,
  statement: Statement,
  group: ReadonlyArray<Taking>,
): Promise<ReadonlySet<RemovalRequestId>> => {
  // The usual case, in which no job follows: one trip to the database.
  if (group.every(({ jobs }) => jobs.length === 0))
    return takenIn(await transactions.once(tenantId, statement))
  return transactions.through(tenantId, async run => {
    const taken = takenIn(await run(statement))
    await enqueueWithin(
      run,
      group.filter(({ requestId }) => taken.has(requestId)).flatMap(({ jobs }) => jobs),
    )
    return taken
  })
}

const takenIn = (rows: ReadonlyArray<unknown>): ReadonlySet<RemovalRequestId> =>
  new Set(columnIn('request_id', RemovalRequestId, rows))
