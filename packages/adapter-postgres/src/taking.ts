import { type BatchId, jobsOf, type RemovalEvent, RemovalRequestId, type TenantId } from '@lethe/domain'
import { lockingBatches } from './batch-admission.js'
import { columnIn } from './event-rows.js'
import type { EnqueueWithin } from './job-queue.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

export interface TakingDeps {
  readonly transactions: TenantTransactions
  readonly enqueueWithin: EnqueueWithin
}

/** What a group of writes holds of one request. */
export interface Taking {
  readonly requestId: RemovalRequestId
  readonly events: ReadonlyArray<RemovalEvent>
}

/**
 * Runs a statement that writes a group and returns the ids of those that were taken, together with the jobs of these.
 *
 * @param batches that something is added to.
 * @returns the ids: what was written of any other is nothing.
 */
export const take = async (
  { transactions, enqueueWithin }: TakingDeps,
  tenantId: TenantId,
  statement: Statement,
  group: ReadonlyArray<Taking>,
  batches: ReadonlyArray<BatchId>,
): Promise<ReadonlySet<RemovalRequestId>> => {
  const lock = batches.length === 0 ? null : lockingBatches(tenantId, batches)
  const moments = group.flatMap(({ events }) => events.map(({ at }) => at))
  // The usual case, in which no job follows: one trip to the database.
  if (group.every(({ events }) => events.flatMap(jobsOf).length === 0))
    return takenIn(await transactions.once(tenantId, statement, { first: lock, moments }))
  return transactions.through(
    tenantId,
    async run => {
      if (lock !== null) await run(lock)
      const taken = takenIn(await run(statement))
      await enqueueWithin(
        run,
        group.filter(({ requestId }) => taken.has(requestId)).flatMap(({ events }) => events.flatMap(jobsOf)),
      )
      return taken
    },
    { moments },
  )
}

const takenIn = (rows: ReadonlyArray<unknown>): ReadonlySet<RemovalRequestId> =>
  new Set(columnIn('request_id', RemovalRequestId, rows))
