import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { RunnerOption } from 'node-pg-migrate'
import { Client, type ClientConfig, DatabaseError } from 'pg'
import { PgBoss } from 'pg-boss'
import { connectionTo } from './connection.js'
import { decodedRow } from './event-rows.js'
import { codeOf, NoPassword, outageIn } from './problems.js'
import { createQueues, queueSchema, type QueueSettings, usualQueueSettings } from './queues.js'

/**
 * Why a database was not migrated, or not to the end: each migration, and its record, was made whole or can be run again. The code
 * is a SQLSTATE, or the word of the system.
 */
export type MigrationRefusal =
  /** The database could not be reached, or refused. */
  | { readonly _tag: 'CannotMigrate'; readonly code: string }
  /** The file with the password cannot be read, or is empty. */
  | { readonly _tag: 'NoPassword'; readonly code: string }
  /** Others held for too long what a migration has to lock. */
  | { readonly _tag: 'Busy'; readonly code: '55P03' }
  /** The role may not. */
  | { readonly _tag: 'RightMissing'; readonly code: '42501'; readonly right: MissingRight }

/** What the role that migrates lacks. */
export type MissingRight = 'createOnDatabase' | 'ownershipOfSchemas' | 'createRole'

/** The names of the migrations that were run now. */
export interface Migrated {
  readonly migrations: ReadonlyArray<string>
}

export interface MigrationOptions {
  /** A file with the owner's password, for a URL without one. */
  readonly passwordFile?: string | null
  /** How long a lock is waited for, in milliseconds: all who come after it wait as long. */
  readonly lockMilliseconds?: number
  /** Where the migrations are. */
  readonly folder?: string
}

/** Where the migrations are that this version brings. */
export const migrationFolder = fileURLToPath(new URL('../migrations', import.meta.url))

const connectMilliseconds = 10_000
/** Well below what a statement of a request may take, so that none of those fails for it. */
const usualLockMilliseconds = 5000

/** Any number that nothing else locks. */
const lock = 5_124_077_101

/**
 * Brings the schema of the database, its queues and the rights on them to what this version needs. Forward only. Any number
 * of processes may do it at once: one does, the others wait and find it done. After a refusal it may be run again.
 *
 * @param url of a role that owns the database, or may create schemas and roles in it. It needs a session of its own: no pooler
 *   that lends connections for a transaction.
 */
export const migrate = async (
  url: string,
  settings: QueueSettings = usualQueueSettings,
  {
    passwordFile = null,
    lockMilliseconds = usualLockMilliseconds,
    folder = migrationFolder,
  }: MigrationOptions = {},
): Promise<E.Either<MigrationRefusal, Migrated>> => {
  const connection = connectionTo({ url, passwordFile })
  if (E.isLeft(connection)) return E.left({ _tag: 'CannotMigrate', code: connection.left })
  const client = new Client({
    application_name: 'lethe-migrate',
    connectionTimeoutMillis: connectMilliseconds,
    ...connection.right,
  })
  // Without a listener the end of the connection would be an exception of the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [lock])
    // After it: another one that migrates meanwhile is waited for.
    await client.query(`set lock_timeout = ${lockMilliseconds}`)
    // Made here: where it fails, the library keeps no SQLSTATE.
    await client.query(migrationTable)
    // Only who migrates pays for loading it.
    const { runner } = await import('node-pg-migrate')
    const run = await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'migration',
      migrationsSchema: 'lethe',
      checkOrder: true,
      migrationLoaderStrategies: [sqlFiles],
      noLock: true,
      log: () => undefined,
    })
    // Before too: what is in the tables of the queue is not to be changed by others while their owner goes by it.
    await client.query(grants)
    await migrateQueues(connection.right, settings)
    await client.query(grants)
    return E.right({ migrations: run.map(({ name }) => name) })
  } catch (error) {
    return E.left(await refusalOf(client, error))
  } finally {
    // Ends the lock with it.
    await client.end().catch(() => undefined)
  }
}

/** As node-pg-migrate makes it. */
const migrationTable = `
  create schema if not exists lethe;
  create table if not exists lethe.migration (
    id serial primary key, name varchar(255) not null, run_on timestamp not null
  )`

/** The line that says that a migration runs outside of a transaction, as an index that is built concurrently has to. */
const alone = /^-- Without a transaction$/m

/** Files of SQL. Where one runs outside of a transaction, each statement of it ends with its line, and is sent by itself. */
const sqlFiles: NonNullable<RunnerOption['migrationLoaderStrategies']>[number] = {
  extensions: ['.sql'],
  loader: paths =>
    Promise.all(
      paths.map(async path => {
        const text = await readFile(path, 'utf8')
        return {
          id: path,
          filePaths: [path],
          actions: {
            up: pgm => {
              if (alone.test(text)) pgm.noTransaction()
              for (const statement of alone.test(text) ? statementsIn(text) : [text]) pgm.sql(statement)
            },
            down: false,
          },
        }
      }),
    ),
}

const statementsIn = (text: string): ReadonlyArray<string> =>
  text
    .replaceAll(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .filter(statement => statement.trim() !== '')

/** What a failure means; rejects where it is a bug. */
const refusalOf = async (client: Client, error: unknown): Promise<MigrationRefusal> => {
  if (error instanceof NoPassword) return { _tag: 'NoPassword', code: error.code }
  const code = outageIn(error) ?? (error instanceof DatabaseError ? codeOf(error) : null)
  if (code === '55P03') return { _tag: 'Busy', code }
  const right = code === '42501' ? await rightMissingOf(client) : null
  if (right !== null) return { _tag: 'RightMissing', code: '42501', right }
  if (code !== null) return { _tag: 'CannotMigrate', code }
  if (error instanceof Error && outOfOrder.test(error.message))
    return { _tag: 'CannotMigrate', code: 'migrationsOutOfOrder' }
  throw error
}

/** What node-pg-migrate says of a database that lacks a migration before one that it has. */
const outOfOrder = /^Not run migration .+ is preceding already run migration /

const Rights = t.strict({ creates: t.boolean, owns: t.boolean, has_role: t.boolean })

/** Which right a role lacks that was refused something; null where it has all that are known to be needed. */
const rightMissingOf = async (client: Client): Promise<MissingRight | null> => {
  await client.query('rollback')
  const { rows } = await client.query<object>(`
    select
      has_database_privilege(current_database(), 'create') as creates,
      not exists (
        select from pg_namespace
        where nspname in ('lethe', '${queueSchema}') and not pg_has_role(nspowner, 'usage')
      ) as owns,
      exists (select from pg_roles where rolname = current_user and (rolsuper or rolcreaterole))
        or exists (select from pg_roles where rolname = 'lethe_app') as has_role`)
  const { creates, owns, has_role: hasRole } = decodedRow(Rights, rows[0])
  if (!creates) return 'createOnDatabase'
  if (!owns) return 'ownershipOfSchemas'
  return hasRole ? null : 'createRole'
}

/** An empty value is none to `pg`. */
const migrateQueues = async (
  { host = '', port = 0, user = '', database = '', password = '', options = '', ssl }: ClientConfig,
  settings: QueueSettings,
): Promise<void> => {
  const boss = new PgBoss({
    host,
    port,
    user,
    database,
    password,
    options,
    ssl,
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
