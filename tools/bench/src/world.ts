import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@lethe/adapter-postgres'
import { TenantId } from '@lethe/domain'
import { createDatabase, describeRefusal, startEmbeddedPostgres } from '@lethe/embedded-postgres'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Client } from 'pg'
import { type Issuer, openIssuer } from './issuer.js'

/** What the histories of a bench are sealed with, by the one who writes them. */
export const historyKey = { id: 'bench', bytes: Buffer.alloc(32, 7) }

/** What is measured on: a server of PostgreSQL, a database with everything of Lethe in it, and somebody who signs tokens. */
export interface World {
  readonly issuer: Issuer
  readonly tenantId: TenantId
  readonly otherTenantId: TenantId
  readonly appUrl: string
  /** The settings of an API process. */
  readonly environment: Readonly<Record<string, string>>
  readonly tokens: ReadonlyArray<string>
  /** Runs a statement as the owner, and gives the number in its first column. */
  readonly number: (text: string, values?: ReadonlyArray<unknown>) => Promise<number>
  /** The same for a text. */
  readonly text: (text: string, values?: ReadonlyArray<unknown>) => Promise<string>
  readonly close: () => Promise<void>
}

/** As a server of this size would be set up; what makes a commit durable stays as it is. */
const serverSettings = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
}

const people = 16

/** @param tenant whose requests are measured; default: a new one. */
export const openWorld = async (tenant?: TenantId): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-bench-'))
  const server = await startEmbeddedPostgres({ folder, settings: serverSettings })
  if (E.isLeft(server)) throw new Error(describeRefusal(server.left))
  const ownerUrl = await createDatabase(server.right.superuserUrl, 'bench')
  const migrated = await migrate(ownerUrl)
  if (E.isLeft(migrated)) throw new Error(`The database was not migrated: ${migrated.left.code}`)
  const owner = new Client({ connectionString: ownerUrl })
  await owner.connect()
  // Parts fill tables with rows that have no history: the triggers that would refuse them are off for this connection.
  await owner.query('set session_replication_role = replica')
  const password = randomUUID()
  await owner.query(`create role bench login password '${password}' in role lethe_app`)
  const appUrl = new URL(ownerUrl)
  appUrl.username = 'bench'
  appUrl.password = password

  const first = async (text: string, values: ReadonlyArray<unknown>): Promise<unknown> => {
    const { rows } = await owner.query({ text, values: [...values], rowMode: 'array' })
    const decoded = t.readonlyArray(t.readonlyArray(t.unknown)).decode(rows)
    return E.isRight(decoded) ? decoded.right[0]?.[0] : undefined
  }
  const issuer = await openIssuer()
  const [tenantId, otherTenantId] = [tenant ?? newTenant(), newTenant()]
  return {
    issuer,
    tenantId,
    otherTenantId,
    appUrl: appUrl.href,
    environment: {
      LETHE_TENANTS: `${tenantId},${otherTenantId}`,
      LETHE_AUDIENCES: issuer.audience,
      LETHE_ISSUERS: issuer.template,
      LETHE_ALLOW_INSECURE_ISSUER: 'true',
      LETHE_PORT: '0',
      LETHE_DATABASE_URL: appUrl.href,
      LETHE_HISTORY_KEYS: `${historyKey.id}:${historyKey.bytes.toString('base64')}`,
      LETHE_ABSENCE_LOOKS: '1',
      LETHE_DRAIN_SECONDS: '0',
      LETHE_GRAPH_URL: 'memory:',
    },
    tokens: await Promise.all(Array.from({ length: people }, () => issuer.tokenFor(tenantId, randomUUID()))),
    number: async (text, values = []) => Number(await first(text, values)),
    text: async (text, values = []) => String(await first(text, values)),
    close: async () => {
      await owner.end()
      await issuer.close()
      await server.right.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const newTenant = (): TenantId => {
  const decoded = TenantId.decode(randomUUID())
  if (E.isLeft(decoded)) throw new Error('A UUID is a tenant id')
  return decoded.right
}
