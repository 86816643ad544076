import { Socket } from 'node:net'
import { type ClientConfig, Pool } from 'pg'
import { ClosingClient } from './connection.js'
import { type OnProblem, outageIn } from './problems.js'

export interface PoolSettings {
  readonly connection: ClientConfig
  /** How many connections are open at most. */
  readonly connections: number
  /** Shows in `pg_stat_activity`. */
  readonly applicationName: string
  /** How long it may take to get a connection, in milliseconds. */
  readonly connectMilliseconds?: number
  /** How long a client waits for the answer to a statement, in milliseconds: longer than `beginWithin` lets one take. */
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
/** How long a statement of a request may take. */
const usualMilliseconds = 10_000
/** How long a transaction may wait for its client: what a process that is suspended has locked is free again after it. */
const idleMilliseconds = usualMilliseconds + graceMilliseconds

/**
 * Begins a transaction with limits of time, in one trip. They are set for the transaction alone: as parameters of the
 * connection a pooler such as PgBouncer refuses them, and as settings of a session it would hand them on to others.
 *
 * @param milliseconds how long each statement of it may take.
 */
export const beginWithin = (milliseconds = usualMilliseconds): string =>
  `begin; set local statement_timeout = ${milliseconds}; set local idle_in_transaction_session_timeout = ${idleMilliseconds}`

/**
 * Opens no connection yet.
 *
 * @param onProblem told when an idle connection breaks, as all do when the database stops: the next use opens a new one.
 */
export const openPool = (
  {
    connection,
    connections,
    applicationName,
    connectMilliseconds = 5000,
    statementMilliseconds = usualMilliseconds,
  }: PoolSettings,
  onProblem: OnProblem,
): LentConnections => {
  const sockets = new Set<Socket>()
  const pool = new Pool({
    max: connections,
    application_name: applicationName,
    pipeline: true,
    connectionTimeoutMillis: connectMilliseconds,
    // In case no answer comes at all: the connection is destroyed then, and the pool takes another.
    query_timeout: statementMilliseconds + graceMilliseconds,
    keepAlive: true,
    ...connection,
    Client: ClosingClient,
    // Kept at hand: a database that hangs would otherwise keep the process from ending.
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
  })
  pool.on('error', error => {
    onProblem({ code: outageIn(error) ?? 'connectionLost', operation: 'idle' })
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
