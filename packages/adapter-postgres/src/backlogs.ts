import type { Backlogs } from '@lethe/application'
import * as t from 'io-ts'
import { decodedRow } from './event-rows.js'
import type { PeopleDeps } from './people.js'
import { orUnavailable } from './problems.js'
import { deadQueue, performQueue, queueSchema } from './queues.js'

const BacklogRow = t.strict({
  waiting: t.number,
  longest: t.union([t.number, t.null]),
  held: t.number,
})

/**
 * Reads the queue's own tables, which know no tenant but in the group of a job: there is no row-level security on them, and the
 * condition on the group is all that keeps tenants apart. What is counted names nobody.
 *
 * It reads every job that waits: 100,000 of them take some 40 ms, whosoever they are. An index by group would make each
 * submission dearer for the sake of a look now and then. The time is asked for once, not for each row. It is read on the
 * connections of requests, and not on those that renew leases.
 */
export const postgresBacklogs = ({ transactions, onProblem }: PeopleDeps): Backlogs => ({
  of: tenantId =>
    orUnavailable(onProblem)('read-backlog', async () => {
      const [row] = await transactions.once(tenantId, {
        name: 'backlog',
        text: `
          select
            waiting.count::int as waiting,
            floor(extract(epoch from ${queueSchema}.job_now() - waiting.since))::float8 as longest,
            held.count::int as held
          from (
            select count(*), min(start_after) as since from ${queueSchema}.job
            where name in ('${performQueue}', '${deadQueue}') and group_id = $1
              and state < 'active' and start_after <= (select ${queueSchema}.job_now())
          ) as waiting, (
            select count(*) from ${queueSchema}.job
            where name in ('${performQueue}', '${deadQueue}') and group_id = $1 and state = 'active'
          ) as held`,
        values: [tenantId],
      })
      const { waiting, longest, held } = decodedRow(BacklogRow, row)
      return { waiting, longestWaitSeconds: longest, held }
    }),
})
