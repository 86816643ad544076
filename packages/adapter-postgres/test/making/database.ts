import { randomUUID } from 'node:crypto'
import { decoded, rightOf } from '@lethe/application/testing'
import { createDatabase, dropDatabase } from '@lethe/embedded-postgres'
import * as t from 'io-ts'
import { Client, type QueryResult } from 'pg'
import { migrate, type QueueSettings, usualQueueSettings } from '../../src/index.js'
import { inject } from 'vitest'

/** A migrated database of its own. */
export interface TestDatabase {
  /** Of the role that owns everything. */
  readonly ownerUrl: string
  /** Of a role that owns nothing. */
  readonly appUrl: string
  /** Runs a statement as the owner. */
  readonly asOwner: (text: string, values?: ReadonlyArray<unknown>) => Promise<ReadonlyArray<unknown>>
  readonly asApp: (text: string, values?: ReadonlyArray<unknown>) => Promise<ReadonlyArray<unknown>>
  /** The same in a transaction of a tenant. */
  readonly asAppOf: (
    tenantId: string,
    text: string,
    values?: ReadonlyArray<unknown>,
  ) => Promise<ReadonlyArray<unknown>>
  readonly drop: () => Promise<void>
}

/** An empty database, and how to get rid of it. */
export interface EmptyDatabase {
  readonly url: string
  readonly drop: () => Promise<void>
}

export const emptyDatabase = (): Promise<EmptyDatabase> => emptyOn(inject('serverUrl'))

const emptyOn = async (serverUrl: string): Promise<EmptyDatabase> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  return {
    url: await createDatabase(serverUrl, name),
    drop: () => dropDatabase(serverUrl, name),
  }
}

/** A database with everything that Lethe needs in it, and a role that may use it. */
export const migratedDatabase = (settings: QueueSettings = usualQueueSettings): Promise<TestDatabase> =>
  migratedOn(inject('serverUrl'), settings)

/** The same on another server than that of the suite. */
export const migratedOn = async (
  serverUrl: string,
  settings: QueueSettings = usualQueueSettings,
): Promise<TestDatabase> => {
  const { url, drop } = await emptyOn(serverUrl)
  rightOf(await migrate(url, settings))
  const appUrl = await appRoleIn(url)
  return {
    ownerUrl: url,
    appUrl,
    asOwner: (text, values) => runIn(url, text, values),
    asApp: (text, values) => runIn(appUrl, text, values),
    asAppOf: (tenantId, text, values) => runIn(appUrl, text, values, tenantId),
    drop: async () => {
      await drop()
      await runIn(serverUrl, `drop role ${new URL(appUrl).username}`)
    },
  }
}

/** A role that is no superuser, and what its database is reached at when it is given one. */
export const giveAway = async ({ url }: Pick<EmptyDatabase, 'url'>): Promise<string> => {
  const role = `owner_${randomUUID().replaceAll('-', '')}`
  const password = randomUUID()
  const name = new URL(url).pathname.slice(1)
  await runIn(
    url,
    `create role ${role} login password '${password}'; alter database ${name} owner to ${role}`,
  )
  return urlAs(url, role, password)
}

/** A role that may use a database as the API does. */
export const appRoleIn = async (url: string): Promise<string> => {
  const role = `app_${randomUUID().replaceAll('-', '')}`
  const password = randomUUID()
  await runIn(url, `create role ${role} login password '${password}' in role lethe_app`)
  return urlAs(url, role, password)
}

const urlAs = (url: string, role: string, password: string): string => {
  const as = new URL(url)
  as.username = role
  as.password = password
  return as.href
}

/** Runs a statement as whom the URL names. */
export const runIn = async (
  url: string,
  text: string,
  values: ReadonlyArray<unknown> = [],
  tenantId: string | null = null,
): Promise<ReadonlyArray<unknown>> => {
  const client = new Client({ connectionString: url })
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
    return rows ?? []
  } finally {
    await client.end()
  }
}

/**
 * Runs a statement as whom the URL names, in a transaction that stays open.
 *
 * @returns rolls it back.
 */
export const holding = async (url: string, text: string): Promise<() => Promise<void>> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('begin')
  await client.query(text)
  return async () => {
    await client.query('rollback')
    await client.end()
  }
}

const Count = t.strict({ count: t.number })

/** How many connections to a database wait for a lock. */
export const waitingForLocks = async (url: string): Promise<number> => {
  const [row] = await runIn(
    url,
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return decoded(Count, row).count
}
