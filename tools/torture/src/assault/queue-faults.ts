import type { Database } from '../world/database.js'

type AsOwner = Database['asOwner']

/** What happens to a queue in the wild, done to it by its owner. */

/** A job is delivered a second time beside the first: the same work, in another job. */
export const duplicateJob = (asOwner: AsOwner) =>
  asOwner(`
    insert into pgboss.job
      (name, data, retry_limit, retry_delay, retry_backoff, retry_delay_max, expire_seconds, deletion_seconds,
       group_id, policy, dead_letter, heartbeat_seconds, start_after, keep_until)
    select name, data, retry_limit, retry_delay, retry_backoff, retry_delay_max, expire_seconds, deletion_seconds,
       group_id, policy, dead_letter, heartbeat_seconds, pgboss.job_now(), keep_until
    from pgboss.job
    where name = 'perform-removal' and state in ('created', 'retry', 'active')
    order by created_on desc limit 2`)

/** The leases of jobs run out while their workers are well: others get them beside those. */
export const loseLeases = (asOwner: AsOwner) =>
  asOwner(`
    update pgboss.job set heartbeat_on = pgboss.job_now() - interval '1 hour'
    where state = 'active' and name = 'perform-removal'`)

/** Jobs are delivered before their time. */
export const deliverEarly = (asOwner: AsOwner) =>
  asOwner(`
    update pgboss.job set start_after = pgboss.job_now()
    where state in ('created', 'retry') and start_after > pgboss.job_now()`)

/** Jobs that are held were delivered as often as they may be, and their workers are gone: they are dead. */
export const wearOut = (asOwner: AsOwner) =>
  asOwner(`
    update pgboss.job set retry_count = retry_limit, heartbeat_on = pgboss.job_now() - interval '1 hour'
    where id in (
      select id from pgboss.job where state = 'active' and name = 'perform-removal' order by created_on limit 2
    )`)

/** The same with jobs that wait: as if somebody had taken them for the last time, and was gone. */
export const wearOutWaiting = (asOwner: AsOwner) =>
  asOwner(`
    update pgboss.job set
      state = 'active', started_on = pgboss.job_now(), heartbeat_on = pgboss.job_now() - interval '1 hour',
      retry_count = retry_limit
    where id in (
      select id from pgboss.job
      where state in ('created', 'retry') and name = 'perform-removal' and start_after > pgboss.job_now()
      order by created_on limit 2
    )`)

/** All connections of a role of processes break. */
export const cutConnections = (asOwner: AsOwner, role: 'api' | 'worker') =>
  asOwner(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'lethe ${role}%'`,
  )
