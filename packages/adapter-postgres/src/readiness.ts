import { readdir } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { DatabaseError, type Pool } from 'pg'
import { decodedRow } from './event-rows.js'
import { migrationFolder } from './migrating.js'
import { codeOf, NoPassword, outageIn } from './problems.js'
import { queueSchema } from './queues.js'
import { untenanted } from './tenant-transactions.js'

/** Why the database cannot be used as it is. */
export type DatabaseUnfit =
  /** It cannot be reached, or does not let this role in. */
  | { readonly _tag: 'Unreachable'; readonly code: string }
  /** The file with the password cannot be read, or is empty. */
  | { readonly _tag: 'NoPassword'; readonly code: string }
  /** Its schema is not the one that this version needs: `lethe-api migrate` makes it so. */
  | { readonly _tag: 'NotMigrated' }
  /** The role that connects could get past row-level security: it is a superuser, bypasses it, or owns the tables. */
  | { readonly _tag: 'TooPowerful' }

/** The names of all migrations that this version brings. A database may have more: those of a later version. */
export const migrationNames = async (): Promise<ReadonlyArray<string>> =>
  (await readdir(migrationFolder)).filter(file => file.endsWith('.sql')).map(file => file.slice(0, -4))

const Role = t.strict({ powerful: t.boolean })
const Migrated = t.strict({ migrated: t.boolean })

/** Whether the database is fit to be used: reachable, migrated, and met under a role that owns nothing. */
export const checkDatabase = async (
  pool: Pool,
  migrations: ReadonlyArray<string>,
): Promise<E.Either<DatabaseUnfit, null>> => {
  try {
    if (!(await isMigrated(pool, migrations))) return E.left({ _tag: 'NotMigrated' })
    const { rows } = await untenanted(pool)({
      text: `
        select rolsuper or rolbypassrls or exists (
          select from pg_tables where schemaname = 'lethe' and pg_has_role(current_user, tableowner, 'usage')
        ) as powerful
        from pg_roles where rolname = current_user`,
      values: [],
    })
    return decodedRow(Role, rows[0]).powerful ? E.left({ _tag: 'TooPowerful' }) : E.right(null)
  } catch (error) {
    return unfit(error)
  }
}

/** Whether every one of these migrations was made, and the queue is there. Two small tables are read: cheap enough for a probe. */
const isMigrated = async (pool: Pool, migrations: ReadonlyArray<string>): Promise<boolean> => {
  try {
    const { rows } = await untenanted(pool)({
      name: 'migrated',
      text: `select ${hasMigrations} as migrated`,
      values: [migrations],
    })
    return decodedRow(Migrated, rows[0]).migrated
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** A condition: whether the database has each migration that `$1` names, and the queue. */
export const hasMigrations = `
  (
    exists (select from ${queueSchema}.version)
    and not exists (
      select from unnest($1::text[]) as wanted where wanted not in (select name from lethe.migration)
    )
  )`

/** Whether a database was not even prepared: there is no such table, or no such schema. */
export const isMissing = (error: unknown): boolean => ['42P01', '3F000'].includes(codeOf(error) ?? '')

/** What pg-boss says of a database that `migrate` of this version was not run on, to the letter: these errors have no code. */
const ofTheQueue: ReadonlySet<string> = new Set([
  'pg-boss is not installed',
  'pg-boss database requires migrations',
])

/** What keeps a database from being used, of an error that came of trying; rejects where it is a bug. */
export const unfit = (error: unknown): E.Either<DatabaseUnfit, never> => {
  if (error instanceof NoPassword) return E.left({ _tag: 'NoPassword', code: error.code })
  if (error instanceof Error && ofTheQueue.has(error.message)) return E.left({ _tag: 'NotMigrated' })
  const code = outageIn(error) ?? (error instanceof DatabaseError ? codeOf(error) : null)
  if (code === null) throw error
  return E.left({ _tag: 'Unreachable', code })
}
