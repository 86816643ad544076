import { randomUUID } from 'node:crypto'
import { migrate, usualQueueSettings } from '@lethe/adapter-postgres'
import { createDatabase, dropDatabase } from '@lethe/embedded-postgres'
import * as t from 'io-ts'
import { Client, type QueryResult } from 'pg'
import { inject } from 'vitest'
import { decoded, rightOf } from './decoded.js'

/** A database of its own. */
export interface EmptyDatabase {
  /** Of the role that owns everything. */
  readonly ownerUrl: string
  /** Runs a statement as the owner, and decodes its rows. */
  readonly rowsOf: <A>(
    codec: t.Decoder<unknown, A>,
    text: string,
    values?: ReadonlyArray<unknown>,
  ) => Promise<ReadonlyArray<A>>
  readonly run: (text: string) => Promise<void>
  /** How many rows there are, of all tenants; what follows FROM is given. */
  readonly count: (from: string) => Promise<number>
}

/** One with everything in it that Lethe needs. */
export interface TestDatabase extends EmptyDatabase {
  /** Of a role that owns nothing, as the API connects. */
  readonly appUrl: string
  /** Runs a statement as that role, in a transaction of a tenant, as anybody who has its password can. */
  readonly asAppOf: (tenantId: string, text: string, values?: ReadonlyArray<unknown>) => Promise<void>
}

const Count = t.type({ count: t.number })

const dropping: Array<() => Promise<void>> = []

/** What is on a server of a test's own goes with that server. */
const dropAtTheEnd = (serverUrl: string, drop: () => Promise<void>): void => {
  if (serverUrl === inject('serverUrl')) dropping.push(drop)
}

/** Removes every database that a test made. */
export const dropDatabases = async (): Promise<void> => {
  for (const drop of dropping.splice(0)) await drop()
}

/** @param serverUrl of the superuser; of the server of the suite where it is left out. */
export const emptyDatabase = async (serverUrl = inject('serverUrl')): Promise<EmptyDatabase> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  dropAtTheEnd(serverUrl, () => dropDatabase(serverUrl, name))
  const ownerUrl = await createDatabase(serverUrl, name)
  return {
    ownerUrl,
    rowsOf: async (codec, text, values = []) =>
      (await runIn(ownerUrl, text, values)).map(row => decoded(codec)(row)),
    run: async text => {
      await runIn(ownerUrl, text)
    },
    count: async from => {
      const [row] = await runIn(ownerUrl, `select count(*)::int as count from ${from}`)
      return decoded(Count)(row).count
    },
  }
}

/** The same with the schema and the queues. */
export const migratedDatabase = async (
  serverUrl = inject('serverUrl'),
  leaseSeconds = usualQueueSettings.leaseSeconds,
): Promise<TestDatabase> => {
  const database = await emptyDatabase(serverUrl)
  rightOf(await migrate(database.ownerUrl, { ...usualQueueSettings, leaseSeconds }))
  const appUrl = await addRole(serverUrl, database.ownerUrl, 'in role lethe_app')
  return {
    ...database,
    appUrl,
    asAppOf: async (tenantId, text, values = []) => {
      await runIn(appUrl, text, values, tenantId)
    },
  }
}

/**
 * Adds a role that may log in.
 *
 * @param rights as in CREATE ROLE.
 * @returns its URL of the database.
 */
export const addRole = async (serverUrl: string, databaseUrl: string, rights: string): Promise<string> => {
  const role = `role_${randomUUID().replaceAll('-', '')}`
  const password = randomUUID()
  await runIn(serverUrl, `create role ${role} login password '${password}' ${rights}`)
  // After its database: what the role owns there has to go first.
  dropAtTheEnd(serverUrl, async () => {
    await runIn(serverUrl, `drop role ${role}`)
  })
  const url = new URL(databaseUrl)
  url.username = role
  url.password = password
  return url.href
}

const runIn = async (
  url: string,
  text: string,
  values: ReadonlyArray<unknown> = [],
  tenantId: string | null = null,
): Promise<ReadonlyArray<unknown>> => {
  const client = new Client({ connectionString: url, application_name: 'test' })
  // A connection that is cut fails its queries by itself.
  client.on('error', () => undefined)
  await client.connect()
  try {
    if (tenantId !== null) {
      await client.query('begin')
      await client.query(`select set_config('lethe.tenant_id', $1, true)`, [tenantId])
    }
    const { rows }: QueryResult<object> = await (values.length === 0
      ? client.query(text)
      : client.query(text, [...values]))
    if (tenantId !== null) await client.query('commit')
    return rows
  } finally {
    await client.end()
  }
}
