import type { PaceState, PaceStates } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as t from 'io-ts'
import { decodedRow } from './event-rows.js'
import type { PeopleDeps } from './people.js'
import { Defect, orUnavailable } from './problems.js'
import type { Run } from './tenant-transactions.js'

/** The shared state of each tenant, in `call_pace`. */
export const postgresPaceStates = ({ transactions, onProblem }: PeopleDeps): PaceStates => {
  const attempt = orUnavailable(onProblem)
  return {
    change: (tenantId, change) =>
      attempt('change-pace', () =>
        transactions.through(tenantId, async run => {
          const { state, now_ms: nowMs } = await lockRow(run, tenantId)
          const [next, result] = changed(() => change(state, nowMs))
          await run({
            name: 'change-pace',
            text: 'update lethe.call_pace set state = $2 where tenant_id = $1',
            values: [tenantId, next],
          })
          return result
        }),
      ),
    read: tenantId =>
      attempt('read-pace', async () => {
        const [row] = await transactions.once(tenantId, {
          name: 'read-pace',
          text: `
            select
              (select state from lethe.call_pace where tenant_id = $1) as state,
              (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`,
          values: [tenantId],
        })
        const { state, now_ms: nowMs } = decodedRow(PaceRow, row)
        return { state, nowMs }
      }),
  }
}

const PaceRow = t.strict({ state: t.union([t.record(t.string, t.number), t.null]), now_ms: t.number })

const lockRow = async (run: Run, tenantId: TenantId): Promise<t.TypeOf<typeof PaceRow>> => {
  const [known] = await run(locking(tenantId))
  if (known !== undefined) return decodedRow(PaceRow, known)
  await run({
    text: 'insert into lethe.call_pace (tenant_id) values ($1) on conflict do nothing',
    values: [tenantId],
  })
  const [added] = await run(locking(tenantId))
  return decodedRow(PaceRow, added)
}

/** The clock is read outside of what locks: in the same select it could be read before the lock is had. */
const locking = (tenantId: TenantId) => ({
  name: 'lock-pace',
  text: `
    with held as materialized (
      select state from lethe.call_pace where tenant_id = $1 for update
    )
    select state, (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms from held`,
  values: [tenantId],
})

/** A change that fails is a bug, whatever it throws; and what is no number in JSON could not be read again. */
const changed = <A>(change: () => readonly [PaceState, A]): readonly [PaceState, A] => {
  const done = attempted(change)
  if (!Object.values(done[0]).every(Number.isFinite)) throw new Defect('A pace is kept in finite numbers')
  return done
}

const attempted = <A>(change: () => A): A => {
  try {
    return change()
  } catch (cause) {
    throw new Defect('A change of a pace failed', { cause })
  }
}
