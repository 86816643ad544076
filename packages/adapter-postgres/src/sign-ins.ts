import type { Clock, SealedSignIns } from '@lethe/application'
import { ActorReference, instantFromMilliseconds } from '@lethe/domain'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { dateColumn, decodedRow } from './event-rows.js'
import type { PeopleDeps } from './people.js'
import { orUnavailable } from './problems.js'

/**
 * Sealed sign-ins, in `sign_in`.
 *
 * @param clock of this process, which says how old is too old; null where it is not held against the database's.
 */
export const postgresSignIns = (
  { transactions, onProblem }: PeopleDeps,
  clock: Clock | null,
): SealedSignIns => {
  const attempt = orUnavailable(onProblem)
  return {
    put: (tenantId, requestId, { actor, sealed, keptAt }) =>
      attempt('put-sign-in', async () => {
        const statement = {
          name: 'put-sign-in',
          text: `
            insert into lethe.sign_in (tenant_id, request_id, actor, sealed, kept_at)
            values ($1, $2, $3, $4, $5)
            on conflict (tenant_id, request_id) do update
            set actor = excluded.actor, sealed = excluded.sealed, kept_at = excluded.kept_at`,
          values: [tenantId, requestId, actor, sealed, keptAt],
        }
        await transactions.once(tenantId, statement, { moments: [keptAt] })
      }),
    find: (tenantId, requestId) =>
      attempt('find-sign-in', async () => {
        const [row] = await transactions.once(tenantId, {
          name: 'find-sign-in',
          text: `
            select actor, sealed, kept_at from lethe.sign_in
            where tenant_id = $1 and request_id = $2`,
          values: [tenantId, requestId],
        })
        if (row === undefined) return O.none
        const { actor, sealed, kept_at: keptAt } = decodedRow(SignInRow, row)
        return O.some({ actor, sealed, keptAt: instantFromMilliseconds(keptAt.getTime()) })
      }),
    erase: (tenantId, requestId) =>
      attempt('erase-sign-in', async () => {
        await transactions.once(tenantId, {
          name: 'erase-sign-in',
          text: 'delete from lethe.sign_in where tenant_id = $1 and request_id = $2',
          values: [tenantId, requestId],
        })
      }),
    eraseKeptBefore: (tenantId, before) =>
      attempt('erase-old-sign-ins', async () => {
        // What another transaction has locked is being erased, or kept anew.
        const statement = {
          name: 'erase-old-sign-ins',
          text: `
            with old as materialized (
              select request_id from lethe.sign_in where tenant_id = $1 and kept_at < $2 for update skip locked
            ), erased as (
              delete from lethe.sign_in
              where tenant_id = $1 and request_id = any (array(select request_id from old))
              returning 1
            )
            select count(*)::int as erased from erased`,
          values: [tenantId, before],
        }
        const [row] = await transactions.once(tenantId, statement, {
          moments: clock === null ? [] : [clock.now()],
        })
        return decodedRow(ErasedRow, row).erased
      }),
  }
}

const SignInRow = t.strict({ actor: ActorReference, sealed: t.string, kept_at: dateColumn })
const ErasedRow = t.strict({ erased: t.number })
