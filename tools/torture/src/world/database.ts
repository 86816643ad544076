import { randomUUID } from 'node:crypto'
import { migrate } from '@lethe/adapter-postgres'
import {
  createDatabase,
  describeRefusal,
  type RunningPostgres,
  startEmbeddedPostgres,
} from '@lethe/embedded-postgres'
import { suspendServer } from '@lethe/embedded-postgres/testing'
import * as E from 'fp-ts/lib/Either.js'
import { Pool } from 'pg'
import { setTimeout } from 'node:timers/promises'

/** For how long a worker that is gone keeps its jobs, in seconds. */
export const leaseSeconds = 10
const queueSettings = { leaseSeconds, mostDeliveries: 20 }

/** A PostgreSQL server of the run, and the migrated database in it. */
export interface Database {
  readonly port: number
  /** Of the role that Lethe connects as. */
  readonly appUrl: string
  /** Runs a statement as the owner of everything, whom row-level security does not bind. Rejects while the server is gone. */
  readonly asOwner: (text: string, values?: ReadonlyArray<unknown>) => Promise<ReadonlyArray<unknown>>
  /** Ends the server as a power cut would, and starts it again a while later. */
  readonly crash: (downMilliseconds: number) => Promise<void>
  /** The same, but it ends cleanly. */
  readonly bounce: (downMilliseconds: number) => Promise<void>
  /** Suspends the server: connections stay, and nothing is answered until the time is over. */
  readonly suspend: (milliseconds: number) => Promise<void>
  /** Whether it was away or suspended, or its connections were cut, at that moment or later; as `performance.now` has it. */
  readonly wasDisturbedSince: (moment: number) => boolean
  /** Says that connections are being cut now. */
  readonly disturb: () => void
  readonly close: () => Promise<void>
}

/** How often a restart is tried, should somebody have taken the port meanwhile. */
const mostStarts = 20

export const openDatabase = async (folder: string): Promise<Database> => {
  let server = await started(folder, 0)
  const { port } = server
  const ownerUrl = await createDatabase(server.superuserUrl, 'lethe')
  const migrated = await migrate(ownerUrl, queueSettings)
  if (E.isLeft(migrated)) throw new Error(`The database cannot be migrated: ${migrated.left.code}`)
  const owner = new Pool({
    connectionString: ownerUrl,
    max: 4,
    application_name: 'torture',
    connectionTimeoutMillis: 20_000,
    query_timeout: 60_000,
  })
  // Connections break with the server, and that is no news.
  owner.on('error', () => undefined)
  const password = randomUUID()
  await owner.query(`create role torture_app login password '${password}' in role lethe_app`)
  const appUrl = new URL(ownerUrl)
  appUrl.username = 'torture_app'
  appUrl.password = password
  let away = false
  let disturbedAt = -1
  const disturb = (): void => {
    disturbedAt = performance.now()
  }

  /** One after the other: a server that is suspended does not end when it is told to. */
  let turn = Promise.resolve()
  const inTurn = (milliseconds: number, leave: () => Promise<() => Promise<unknown>>): Promise<void> => {
    const before = turn
    turn = (async () => {
      await before
      away = true
      const comeBack = await leave()
      await setTimeout(milliseconds)
      await comeBack()
      away = false
      disturb()
    })()
    return turn
  }
  const restart = (end: () => Promise<void>) => (downMilliseconds: number) =>
    inTurn(downMilliseconds, async () => {
      await end()
      return async () => {
        server = await started(folder, port)
      }
    })
  return {
    port,
    appUrl: appUrl.href,
    asOwner: async (text, values = []) => {
      const { rows } = await owner.query<object>(text, [...values])
      return rows
    },
    crash: restart(() => server.kill()),
    bounce: restart(() => server.stop()),
    suspend: milliseconds =>
      inTurn(milliseconds, async () => {
        const resume = await suspendServer(server.processId)
        return async () => resume()
      }),
    // The news of a cut takes a while to arrive, on a slow machine some seconds.
    wasDisturbedSince: moment => away || disturbedAt >= moment - 10_000,
    disturb,
    close: async () => {
      await owner.end().catch(() => undefined)
      await server.stop()
    },
  }
}

const started = async (folder: string, port: number): Promise<RunningPostgres> => {
  for (let tries = 1; ; tries += 1) {
    const server = await startEmbeddedPostgres({
      folder,
      port,
      settings: { max_connections: '100', fsync: 'on' },
    })
    if (E.isRight(server)) return server.right
    if (tries === mostStarts) throw new Error(describeRefusal(server.left))
    await setTimeout(250)
  }
}
