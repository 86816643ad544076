import type { TenantId } from '@lethe/domain'
import { escapeLiteral, type Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg'

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
  /**
   * One statement. The whole transaction is sent at once.
   *
   * @param first a statement before it, whose rows are of no interest: one that locks.
   */
  readonly once: (
    tenantId: TenantId,
    statement: Statement,
    first?: Statement | null,
  ) => Promise<ReadonlyArray<unknown>>
  /** Several statements; rolled back where one fails. */
  readonly through: <A>(tenantId: TenantId, work: (run: Run) => Promise<A>) => Promise<A>
}

export const tenantTransactions = (pool: Pool): TenantTransactions => ({
  once: async (tenantId, statement, first = null) =>
    withClient(pool, async client => {
      const results = await allOf([
        client.query(beginFor(tenantId)),
        ...(first === null ? [] : [client.query(queryOf(first))]),
        client.query(queryOf(statement)),
        client.query('commit'),
      ])
      return rowsOf(results.at(-2))
    }),
  through: async (tenantId, work) =>
    withClient(pool, async client => {
      await client.query(beginFor(tenantId))
      const done = await work(async statement => rowsOf(await client.query(queryOf(statement))))
      await client.query('commit')
      return done
    }),
})

const beginFor = (tenantId: TenantId): string =>
  `begin; select set_config('lethe.tenant_id', ${escapeLiteral(tenantId)}, true)`

const queryOf = ({ values, ...statement }: Statement) => ({ ...statement, values: [...values] })

const rowsOf = (result: QueryResult<QueryResultRow> | undefined): ReadonlyArray<unknown> => result?.rows ?? []

/** Waits for all of them, so that nothing is left in the pipeline when the connection goes back; then fails with the first. */
const allOf = async <A>(queries: ReadonlyArray<Promise<A>>): Promise<ReadonlyArray<A>> => {
  await Promise.allSettled(queries)
  return Promise.all(queries)
}

/**
 * Lends a connection. One that failed within a transaction is rolled back before it is lent again; where not even that
 * can be done it is closed.
 */
export const withClient = async <A>(pool: Pool, work: (client: PoolClient) => Promise<A>): Promise<A> => {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    try {
      await client.query('rollback')
    } catch {
      broken = new Error('The connection is of no use any more')
    }
    throw error
  } finally {
    client.release(broken)
  }
}
