import * as t from 'io-ts'
import type { TestDatabase } from './database.js'

const Jobs = t.strict({ state: t.string, retry_count: t.number, jobs: t.number, requests: t.number })
/** How many jobs, of how many requests, are in a state after so many deliveries anew. */
export type Jobs = t.TypeOf<typeof Jobs>

/** The jobs of requests as the queue has them. */
export const jobsOf = (
  { rowsOf }: TestDatabase,
  requestIds: ReadonlyArray<string>,
): Promise<ReadonlyArray<Jobs>> =>
  rowsOf(
    Jobs,
    `select state::text, retry_count, count(*)::int as jobs, count(distinct data ->> 'requestId')::int as requests
     from pgboss.job where data ->> 'requestId' = any($1) group by 1, 2 order by 1, 2`,
    [requestIds],
  )
