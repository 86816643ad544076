import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { DatabaseError, type Pool } from 'pg'
import { columnIn, decodedRow } from './event-rows.js'
import { codeOf, isPassing } from './problems.js'

/** Why the database cannot be used as it is. */
export type DatabaseUnfit =
  /** It cannot be reached, or does not let this role in. */
  | { readonly _tag: 'Unreachable'; readonly code: string }
  /** Its schema is not the one that this version needs: `lethe-api migrate` makes it so. */
  | { readonly _tag: 'NotMigrated' }
  /** The role that connects could get past row-level security: it is a superuser, bypasses it, or owns the tables. */
  | { readonly _tag: 'TooPowerful' }

/** The last migration that this version brings. */
const latest = '0008_clocks-are-held'

const Role = t.strict({ powerful: t.boolean, migrated: t.boolean })

/** Whether the database is fit to be used: reachable, migrated, and met under a role that owns nothing. */
export const checkDatabase = async (pool: Pool): Promise<E.Either<DatabaseUnfit, null>> => {
  try {
    const { rows } = await pool.query(`
      select
        (rolsuper or rolbypassrls or exists (
          select from pg_tables where schemaname = 'lethe' and pg_has_role(current_user, tableowner, 'usage')
        )) as powerful,
        to_regclass('lethe.migration') is not null and to_regclass('pgboss.version') is not null as migrated
      from pg_roles where rolname = current_user`)
    const { powerful, migrated } = decodedRow(Role, rows[0])
    if (!migrated || !(await migrationsIn(pool)).includes(latest)) return E.left({ _tag: 'NotMigrated' })
    return powerful ? E.left({ _tag: 'TooPowerful' }) : E.right(null)
  } catch (error) {
    return unfit(error)
  }
}

/** What keeps a database from being used, of an error that came of trying; rejects where it is a bug. */
export const unfit = (error: unknown): E.Either<DatabaseUnfit, never> => {
  if (!isPassing(error) && !(error instanceof DatabaseError)) throw error
  return E.left({ _tag: 'Unreachable', code: codeOf(error) })
}

const migrationsIn = async (pool: Pool): Promise<ReadonlyArray<string>> =>
  columnIn('name', t.string, (await pool.query('select name from lethe.migration')).rows)
