import type { Actor, BatchRefusal } from '@lethe/application'
import type { BatchId, TenantId } from '@lethe/domain'
import * as t from 'io-ts'
import { actorColumns } from './actor-rows.js'
import { columnIn } from './event-rows.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

/**
 * Locks batches until the end of the transaction. The one who adds to a batch or closes it does so under its lock, and with a statement of
 * its own: so that it sees all that was added, and whether it is closed. In one order everywhere.
 */
export const lockingBatches = (tenantId: TenantId, batches: ReadonlyArray<BatchId>): Statement => ({
  name: 'lock-batches',
  text: `
    select pg_advisory_xact_lock(hashtextextended(key, 0))
    from (select distinct key from unnest($1::text[]) as key order by key) as keys`,
  values: [batches.map(batch => `${tenantId} ${batch}`)],
})

/**
 * A common table expression `maker`: who may add to each batch that is named, and whether it takes anything. The one who made it may; of a
 * batch that is new, the one who is the first.
 *
 * @param given rows of who adds: `r` a request, `b` a batch, and `i` and `k` the actor.
 */
export const makersOf = (given: string): string => `
  maker as materialized (
    select distinct on (b) b,
      made.batch_id is null as is_new,
      case when made.batch_id is null then ${given}.i else actor.identity end as identity,
      case when made.batch_id is null then ${given}.k else actor.kind end as kind,
      closed.batch_id is not null as is_closed
    from ${given}
    left join lethe.batch made on made.tenant_id = $1 and made.batch_id = b
    left join lethe.removal_actor actor on actor.tenant_id = $1 and actor.reference = made.maker
    left join lethe.batch_closed closed on closed.tenant_id = $1 and closed.batch_id = b
    where b is not null
    order by b, r
  )`

/** Whether the actor of a row may add to its batch, for a query that joins `maker`. */
export const isMaker = (given: string): string =>
  `not maker.is_closed and ${given}.i = maker.identity and ${given}.k = maker.kind`

/** Whether a request that joined a batch is about that person. */
export const hasJoined = (batch: string, user: string): string => `
  exists (
    select from lethe.removal_subject other
    join lethe.batch_member member
      on member.tenant_id = $1 and member.batch_id = ${batch} and member.request_id = other.request_id
    where other.tenant_id = $1 and other.user_id = ${user}
  )`

const Refusal = t.union([t.literal('NotBatchMaker'), t.literal('BatchClosed'), t.null])

/** Why actors may not add to batches, in their order; null where one may. */
export const batchRefusals = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  asked: ReadonlyArray<{ readonly batch: BatchId; readonly actor: Actor }>,
): Promise<ReadonlyArray<BatchRefusal | null>> => {
  if (asked.length === 0) return []
  const actors = asked.map(({ actor }) => actorColumns(actor))
  const rows = await transactions.once(tenantId, {
    name: 'batch-refusals',
    text: `
      select
        case
          when made.batch_id is null then null
          when (actor.identity, actor.kind) is distinct from (asked.identity, asked.kind) then 'NotBatchMaker'
          when closed.batch_id is not null then 'BatchClosed'
        end as refusal
      from unnest($2::uuid[], $3::uuid[], $4::text[]) with ordinality as asked(batch_id, identity, kind, number)
      left join lethe.batch made on made.tenant_id = $1 and made.batch_id = asked.batch_id
      left join lethe.removal_actor actor on actor.tenant_id = $1 and actor.reference = made.maker
      left join lethe.batch_closed closed on closed.tenant_id = $1 and closed.batch_id = asked.batch_id
      order by asked.number`,
    values: [tenantId, asked.map(({ batch }) => batch), actors.map(({ i }) => i), actors.map(({ k }) => k)],
  })
  return columnIn('refusal', Refusal, rows).map(tag => (tag === null ? null : { _tag: tag }))
}
