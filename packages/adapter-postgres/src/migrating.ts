import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { Client, DatabaseError } from 'pg'
import { PgBoss } from 'pg-boss'
import { codeOf, isPassing } from './problems.js'
import { createQueues, queueSchema, type QueueSettings, usualQueueSettings } from './queues.js'

/** The database could not be reached, or refused: each migration, and its record, was made whole or not at all. */
export interface CannotMigrate {
  readonly _tag: 'CannotMigrate'
  /** A SQLSTATE, or the word of the system. */
  readonly code: string
}

/** The names of the migrations that were run now. */
export interface Migrated {
  readonly migrations: ReadonlyArray<string>
}

const folder = fileURLToPath(new URL('../migrations', import.meta.url))

const connectMilliseconds = 10_000

/** Any number that nothing else locks. */
const lock = 5_124_077_101

/**
 * Brings the schema of the database, its queues and the rights on them to what this version needs. Forward only. Any number
 * of processes may do it at once: one does, the others wait and find it done.
 *
 * @param url of a role that owns the database, or may create schemas and roles in it.
 */
export const migrate = async (
  url: string,
  settings: QueueSettings = usualQueueSettings,
): Promise<E.Either<CannotMigrate, Migrated>> => {
  let client: Client | null = null
  try {
    client = new Client({
      connectionString: url,
      application_name: 'lethe-migrate',
      connectionTimeoutMillis: connectMilliseconds,
    })
    // Without a listener the end of the connection would be an exception of the process.
    client.on('error', () => undefined)
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [lock])
    // Only who migrates pays for loading it.
    const { runner } = await import('node-pg-migrate')
    const run = await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'migration',
      migrationsSchema: 'lethe',
      createMigrationsSchema: true,
      checkOrder: true,
      noLock: true,
      log: () => undefined,
    })
    // Before too: what is in the tables of the queue is not to be changed by others while their owner goes by it.
    await client.query(grants)
    await migrateQueues(url, settings)
    await client.query(grants)
    return E.right({ migrations: run.map(({ name }) => name) })
  } catch (error) {
    if (!isPassing(error) && !(error instanceof DatabaseError)) throw error
    return E.left({ _tag: 'CannotMigrate', code: codeOf(error) })
  } finally {
    // Ends the lock with it.
    await client?.end().catch(() => undefined)
  }
}

const migrateQueues = async (url: string, settings: QueueSettings): Promise<void> => {
  const boss = new PgBoss({
    connectionString: url,
    schema: queueSchema,
    application_name: 'lethe-migrate',
    max: 2,
    supervise: false,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
  })
  boss.on('error', () => undefined)
  try {
    await boss.start()
    await createQueues(boss, settings)
  } finally {
    await boss.stop({ graceful: false })
  }
}

/** So often no job is tried: pg-boss counts one further. */
const mostRetries = 1_000_000

/** Where pg-boss keeps the jobs of queues without a table of their own. */
const jobTable = 'job_common'

/**
 * What pg-boss keeps is made by pg-boss: its rights are given here, each time, because a newer version may bring more. The role puts jobs
 * in, takes them out and looks after them. It writes nothing else: pg-boss lets the owner run what `bam` holds, takes names of tables from
 * `queue`, and goes by the number in `version`. What another role could write there once, the owner does not run.
 */
const grants = `
  do $$
  declare
    one record;
  begin
    if to_regclass('${queueSchema}.queue') is null then
      return;
    end if;
    -- A transaction that still writes there is waited for, and what it wrote is seen.
    set local lock_timeout = '30s';
    lock table ${queueSchema}.bam, ${queueSchema}.queue, ${queueSchema}.version in access exclusive mode;
    if has_table_privilege('lethe_app', '${queueSchema}.bam', 'insert') then
      delete from ${queueSchema}.bam where status <> 'completed';
    end if;
    if exists (select from ${queueSchema}.queue where table_name <> '${jobTable}') then
      raise exception 'A queue was changed by hand.' using errcode = 'insufficient_privilege';
    end if;
    if not exists (select from pg_constraint where conname = 'lethe_jobs') then
      alter table ${queueSchema}.${jobTable} add constraint lethe_jobs check (
        pg_column_size(data) <= 4096 and pg_column_size(output) <= 4096
        and retry_count between 0 and ${mostRetries} and retry_limit between 0 and ${mostRetries}
      );
    end if;
    grant usage on schema ${queueSchema} to lethe_app;
    revoke all on all tables in schema ${queueSchema} from lethe_app;
    grant select on all tables in schema ${queueSchema} to lethe_app;
    grant insert, update, delete on
      ${queueSchema}.job, ${queueSchema}.${jobTable}, ${queueSchema}.job_dependency, ${queueSchema}.queue_stats, ${queueSchema}.instance
      to lethe_app;
    for one in
      select table_name, string_agg(quote_ident(column_name), ', ') as names
      from information_schema.columns
      where table_schema = '${queueSchema}' and (
        (table_name = 'queue' and column_name ~ '(_count|_delta|_on|_bins|_history|^delta_seconds|^ready_oldest_seconds|^singletons_active)$')
        or (table_name = 'version' and column_name ~ '_on$')
      )
      group by table_name
    loop
      execute format('grant update (%s) on ${queueSchema}.%I to lethe_app', one.names, one.table_name);
    end loop;
    grant execute on all functions in schema ${queueSchema} to lethe_app;
  end
  $$;
  grant select on lethe.migration to lethe_app;`
