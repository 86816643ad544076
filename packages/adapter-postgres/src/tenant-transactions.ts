import type { Instant, TenantId } from '@lethe/domain'
import { escapeLiteral, type PoolClient, type QueryResult, type QueryResultRow } from 'pg'
import { beginWithin } from './pool.js'
import { Defect, isSpent } from './problems.js'

/** A statement with its values; one with a name is prepared once for each connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values: ReadonlyArray<unknown>
}

/** Runs one statement. Rows are `unknown`: whoever reads them decodes them. */
export type Run = (statement: Statement) => Promise<ReadonlyArray<unknown>>

/**
 * Transactions in which row-level security lets through one tenant. The tenant is set for the transaction alone, so that a
 * connection which goes back to the pool sees nothing again.
 */
export interface TenantTransactions {
  /** One statement. The whole transaction is sent at once. */
  readonly once: (
    tenantId: TenantId,
    statement: Statement,
    terms?: Terms & {
      /** A statement before it, whose rows are of no interest: one that locks. */
      readonly first?: Statement | null
    },
  ) => Promise<ReadonlyArray<unknown>>
  /** Several statements; rolled back where one fails. */
  readonly through: <A>(tenantId: TenantId, work: (run: Run) => Promise<A>, terms?: Terms) => Promise<A>
  /** Throws where nothing is to be begun now. */
  readonly admit: () => void
}

interface Terms {
  /**
   * Moments by the clock of this process that are written, or gone by. Where one is too far from the time of the database, the
   * transaction is refused before anything is done.
   */
  readonly moments?: ReadonlyArray<Instant>
}

/** A circuit breaker before the database. */
export interface Gate {
  /** Throws `NotNow` while this process is not ready, as far as it knows: nothing is asked of the database then. */
  readonly admit: () => void
  /** Is told of each transaction that was answered: a database that is busy and answers others is not gone. */
  readonly answered: () => void
}

/** Lends connections. */
export interface Lender {
  readonly connect: () => Promise<PoolClient>
}

/** So far the clock of a process may be from that of the database, in seconds. */
export const mostClockSeconds = 120

/** @param holdsClock whether moments are held against the time of the database. */
export const tenantTransactions = (
  pool: Lender,
  { admit, answered }: Gate,
  holdsClock: boolean,
): TenantTransactions => ({
  admit,
  once: async (tenantId, statement, { first = null, moments = [] } = {}) =>
    withClient(pool, async client => {
      const results = await allOf([
        client.query(beginFor(tenantId, holdsClock ? moments : [])),
        ...(first === null ? [] : [client.query(queryOf(first))]),
        client.query(queryOf(statement)),
        client.query('commit'),
      ])
      answered()
      return rowsOf(results.at(-2))
    }),
  through: async (tenantId, work, { moments = [] } = {}) =>
    withClient(pool, async client => {
      await client.query(beginFor(tenantId, holdsClock ? moments : []))
      const done = await work(async statement => rowsOf(await client.query(queryOf(statement))))
      await client.query('commit')
      answered()
      return done
    }),
})

/**
 * Runs what belongs to no tenant, such as the statements of pg-boss, in a transaction with limits of time. A text that makes a
 * transaction of its own gets them within that one.
 *
 * @param milliseconds how long each statement may take.
 */
export const untenanted =
  (pool: Lender, milliseconds?: number) =>
  (statement: Statement): Promise<QueryResult<QueryResultRow>> =>
    withClient<QueryResult<QueryResultRow>>(pool, async client => {
      const begin = beginWithin(milliseconds)
      if (ownBegin.test(statement.text)) return client.query(statement.text.replace(ownBegin, `${begin};`))
      const [, result] = await allOf([
        client.query(begin),
        client.query(queryOf(statement)),
        client.query('commit'),
      ])
      if (result === undefined) throw new Defect('A statement has a result')
      return result
    })

const ownBegin = /^\s*begin;/i

const beginFor = (tenantId: TenantId, moments: ReadonlyArray<Instant>): string =>
  `${beginWithin()}; select set_config('lethe.tenant_id', ${escapeLiteral(tenantId)}, true)${holdingClock(moments)}`

const holdingClock = (moments: ReadonlyArray<Instant>): string => {
  const sorted = moments.toSorted()
  const [earliest, latest] = [sorted[0], sorted.at(-1)]
  return earliest === undefined || latest === undefined
    ? ''
    : `, lethe.refuse_clock(${escapeLiteral(earliest)}, ${escapeLiteral(latest)}, '${mostClockSeconds} s')`
}

const queryOf = ({ values, ...statement }: Statement) => ({ ...statement, values: [...values] })

const rowsOf = (result: QueryResult<QueryResultRow> | undefined): ReadonlyArray<unknown> => result?.rows ?? []

/** Waits for all of them, so that nothing is left in the pipeline when the connection goes back; then fails with the first. */
const allOf = async <A>(queries: ReadonlyArray<Promise<A>>): Promise<ReadonlyArray<A>> => {
  await Promise.allSettled(queries)
  return Promise.all(queries)
}

/**
 * Lends a connection. One that failed within a transaction is rolled back before it is lent again; where not even that
 * can be done, or the connection is of no use, it is closed. A server that only reads is left so: the next connection may reach
 * the new primary.
 */
export const withClient = async <A>(pool: Lender, work: (client: PoolClient) => Promise<A>): Promise<A> => {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    try {
      if (isSpent(error)) throw error
      await client.query('rollback')
    } catch {
      broken = new Error('The connection is of no use any more')
    }
    throw error
  } finally {
    client.release(broken)
  }
}
