import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { migrate } from '@lethe/adapter-postgres'
import { describeRefusal, startEmbeddedPostgres } from '@lethe/embedded-postgres'
import * as E from 'fp-ts/lib/Either.js'
import { Client, DatabaseError, escapeIdentifier, escapeLiteral } from 'pg'
import type { SandboxRefusal } from './refusal.js'
import type { SandboxSettings } from './settings.js'

/** The database of the sandbox, ready to be used. */
export interface SandboxDatabase {
  /** Of a role that owns nothing. */
  readonly appUrl: string
  /** Where its server is: host and port. */
  readonly address: string
  readonly stop: () => Promise<void>
}

const database = 'lethe'
const role = 'lethe_sandbox'

/** Starts the sandbox's own server, or takes the database that it was told to use, and brings the schema up to date. */
export const openSandboxDatabase = async (
  settings: SandboxSettings,
  log: (line: string) => void,
): Promise<E.Either<SandboxRefusal, SandboxDatabase>> => {
  if (settings.databaseUrl !== null) return prepare(settings.databaseUrl, async () => undefined)
  const server = await startEmbeddedPostgres({
    folder: join(settings.stateFolder, 'postgres'),
    port: settings.postgresPort,
    log,
  })
  if (E.isLeft(server))
    return E.left({
      mistakes: [
        server.left._tag === 'PortInUse'
          ? `PostgreSQL cannot listen on port ${settings.postgresPort}; set LETHE_SANDBOX_POSTGRES_PORT to another one.`
          : describeRefusal(server.left),
      ],
    })
  const { superuserUrl, stop } = server.right
  await run(superuserUrl, async client => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`)
  })
  const url = new URL(superuserUrl)
  url.pathname = `/${database}`
  const prepared = await prepare(url.href, stop)
  if (E.isLeft(prepared)) await stop()
  return prepared
}

const prepare = async (
  ownerUrl: string,
  stop: () => Promise<void>,
): Promise<E.Either<SandboxRefusal, SandboxDatabase>> => {
  try {
    if (!(await run(ownerUrl, mayBeUsed)))
      return E.left({
        mistakes: [
          'LETHE_SANDBOX_DATABASE_URL: expected an empty database, or one that a sandbox has marked as its own',
        ],
      })
    await run(ownerUrl, mark)
    const migrated = await migrate(ownerUrl)
    if (E.isLeft(migrated)) return unusable(migrated.left.code)
    return E.right({ appUrl: await letIn(ownerUrl), address: new URL(ownerUrl).host, stop })
  } catch (error) {
    if (error instanceof DatabaseError) return unusable(error.code ?? 'unknown')
    if (error instanceof Error && 'code' in error) return unusable(String(error.code))
    throw error
  }
}

const unusable = (code: string): E.Either<SandboxRefusal, never> =>
  E.left({
    mistakes: [`LETHE_SANDBOX_DATABASE_URL: expected a database that can be reached and changed (${code})`],
  })

/** Whether nobody else's data is in a database: it holds nothing, or the mark of a sandbox. */
const mayBeUsed = async (client: Client): Promise<boolean> => {
  const { rowCount } = await client.query(`
    select where to_regclass('lethe_sandbox.mark') is not null or not exists (
      select from pg_class
      join pg_namespace on pg_namespace.oid = relnamespace
      where nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    )`)
  return rowCount === 1
}

const mark = async (client: Client): Promise<void> => {
  await client.query('create schema if not exists lethe_sandbox')
  await client.query('create table if not exists lethe_sandbox.mark ()')
}

/** Lets the API in under a password of this start. */
const letIn = async (ownerUrl: string): Promise<string> => {
  const password = randomBytes(24).toString('base64url')
  await run(ownerUrl, async client => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
    await client.query(
      `${rowCount === 0 ? 'create' : 'alter'} role ${role} login password ${escapeLiteral(password)}`,
    )
    await client.query(`grant lethe_app to ${role}`)
  })
  const url = new URL(ownerUrl)
  url.username = role
  url.password = password
  return url.href
}

const run = async <A>(url: string, work: (client: Client) => Promise<A>): Promise<A> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
