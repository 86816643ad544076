import { Socket } from 'node:net'
import { Pool } from 'pg'
import { codeOf, type OnProblem } from './problems.js'

/** How to reach the database. */
export interface PoolSettings {
  /** As `postgres://user:password@host:port/database`. */
  readonly url: string
  /** How many connections are open at most. */
  readonly connections: number
  /** Shows in `pg_stat_activity`. */
  readonly applicationName: string
  /** How long it may take to get a connection, in milliseconds. */
  readonly connectMilliseconds?: number
  /** How long a statement may take, in milliseconds; its client waits a little longer, in case no answer comes at all. */
  readonly statementMilliseconds?: number
}

/** Connections that are lent and taken back. */
export interface LentConnections {
  readonly pool: Pool
  /** Ends all of them: in good order if they let it happen, and by force after a moment. */
  readonly close: () => Promise<void>
}

const closeMilliseconds = 2000
const graceMilliseconds = 2000

/**
 * Opens no connection yet.
 *
 * @param onProblem told when an idle connection breaks, as all do when the database stops: the next use opens a new one.
 */
export const openPool = (
  {
    url,
    connections,
    applicationName,
    connectMilliseconds = 5000,
    statementMilliseconds = 10_000,
  }: PoolSettings,
  onProblem: OnProblem,
): LentConnections => {
  const sockets = new Set<Socket>()
  const pool = new Pool({
    connectionString: url,
    max: connections,
    application_name: applicationName,
    pipeline: true,
    connectionTimeoutMillis: connectMilliseconds,
    statement_timeout: statementMilliseconds,
    query_timeout: statementMilliseconds + graceMilliseconds,
    idle_in_transaction_session_timeout: statementMilliseconds + graceMilliseconds,
    keepAlive: true,
    // Kept at hand: a database that hangs would otherwise keep the process from ending.
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
  })
  pool.on('error', error => {
    onProblem({ code: codeOf(error) })
  })
  // A connection that breaks while it is lent fails its queries by itself; without a listener it would end the process.
  pool.on('connect', client => {
    client.on('error', () => undefined)
  })
  return {
    pool,
    close: async () => {
      const byForce = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, closeMilliseconds)
      await pool.end()
      // The pool forgets its connections before they are gone.
      await Promise.all(
        [...sockets].map(
          socket =>
            new Promise(resolve => {
              socket.once('close', resolve)
            }),
        ),
      )
      clearTimeout(byForce)
    },
  }
}
