import * as t from 'io-ts'
import { made } from '../made.js'
import type { Database } from './database.js'
import type { Fleet } from './fleet.js'

/**
 * Time for everybody: the clocks of all processes, and the one that the queue reads in the database. To let an hour pass
 * takes no time, so that waits which last for minutes or days are over when the torture wants them to be.
 */
export interface SharedTime {
  /** Milliseconds from the machine's time to this one. */
  readonly offset: () => number
  /** Goes forward by so much. Leases do not run out by it, as they would not if it took its time. */
  readonly pass: (milliseconds: number) => Promise<void>
  /** Goes forward to the last moment that anything waits for. */
  readonly passAllWaits: () => Promise<void>
}

const Wait = t.strict({ seconds: t.number })

export const sharedTime = (database: Database, fleet: Fleet): SharedTime => {
  let offset = 0
  const pass = async (milliseconds: number): Promise<void> => {
    const next = offset + milliseconds
    // Forward in all places where a job's time counts, or in none; from where they stand, which after an answer that was
    // lost is not known here.
    await database.asOwner(`
      begin;
      update pgboss.job set
        heartbeat_on = heartbeat_on + interval '${next} milliseconds' - (pgboss.job_now() - pg_catalog.now()),
        started_on = started_on + interval '${next} milliseconds' - (pgboss.job_now() - pg_catalog.now())
      where state = 'active';
      create or replace function pgboss.job_now() returns timestamp with time zone
        language sql stable as $$ select pg_catalog.now() + interval '${next} milliseconds' $$;
      commit`)
    offset = next
    fleet.setTime(offset)
  }
  return {
    offset: () => offset,
    pass,
    passAllWaits: async () => {
      const rows = await database.asOwner(`
        select coalesce(extract(epoch from max(until) - pgboss.job_now()), 0)::float8 as seconds
        from (
          select job_due_at as until from lethe.removal_request where job_due_at is not null
          union all
          select start_after from pgboss.job where state in ('created', 'retry')
        ) as waits`)
      const { seconds } = made(Wait, rows[0])
      if (seconds > 0) await pass(Math.ceil(seconds * 1000) + 500)
    },
  }
}
