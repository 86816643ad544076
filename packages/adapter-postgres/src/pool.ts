import { Pool } from 'pg'
import type { OnProblem } from './problems.js'

/** How to reach the database. */
export interface PoolSettings {
  /** As `postgres://user:password@host:port/database`. */
  readonly url: string
  /** How many connections are open at most. */
  readonly connections: number
  /** Shows in `pg_stat_activity`. */
  readonly applicationName: string
  /** How long a statement may take, in milliseconds; its client waits a little longer, in case no answer comes at all. */
  readonly statementMilliseconds?: number
}

const connectMilliseconds = 5000
const graceMilliseconds = 2000

/**
 * Opens no connection yet.
 *
 * @param onProblem told when an idle connection breaks, as all do when the database stops: the next use opens a new one.
 */
export const openPool = (
  { url, connections, applicationName, statementMilliseconds = 10_000 }: PoolSettings,
  onProblem: OnProblem,
): Pool => {
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
  })
  pool.on('error', (error: Error & { readonly code?: string }) => {
    onProblem({ code: error.code ?? error.name })
  })
  // A connection that breaks while it is lent fails its queries by itself; without a listener it would end the process.
  pool.on('connect', client => {
    client.on('error', () => undefined)
  })
  return pool
}
