import type { HeldJob, Jobs } from '@lethe/application'
import { Instant, instantFromMilliseconds, type Job, RemovalRequestId, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Pool } from 'pg'
import { type Db, PgBoss } from 'pg-boss'
import { columnIn, dateColumn, decodedRow } from './event-rows.js'
import { groupedBy } from './grouping.js'
import { NotNow, type OnProblem, orUnavailable, outageIn } from './problems.js'
import { deadQueue, performQueue, queueSchema, usualQueueSettings } from './queues.js'
import { steadyClock } from './steady-clock.js'
import { beginWithin } from './pool.js'
import {
  type Gate,
  type Run,
  type TenantTransactions,
  untenanted,
  withClient,
} from './tenant-transactions.js'

/** Adds jobs to the queue within a transaction, so that they are there if and only if it is committed. */
export type EnqueueWithin = (run: Run, jobs: ReadonlyArray<Job>) => Promise<void>

export interface JobQueue {
  readonly jobs: Jobs
  /** For how long a worker holds a job, in seconds: as the queue was made. */
  readonly leaseSeconds: number
  readonly enqueueWithin: EnqueueWithin
  readonly stop: () => Promise<void>
}

export interface JobQueueSettings {
  /** Whose jobs are taken; null for everybody's. Those of other tenants are left as they are. */
  readonly tenants: ReadonlyArray<TenantId> | null
  /** How many jobs of one tenant are held at a time, by all workers together. */
  readonly heldPerTenant: number
  /** Whether this process looks after the queue: gives jobs to others whose worker is gone, and sweeps up. */
  readonly supervise: boolean
  /** How often it looks, in seconds. */
  readonly superviseSeconds: number
  /** Told of each job that cannot be read, and is taken out of the queue: Lethe puts in none of that kind. */
  readonly onMalformedJob: () => void
  /** Told of each failure of looking after the queue that is a bug: nobody waits for that. */
  readonly onDefect: (error: unknown) => void
  /** Told of a tenant whose jobs are due and are left, because it is none of `tenants`: every ten minutes, as long as there are some. */
  readonly onJobsLeft: (tenantId: TenantId) => void
}

/** For how long a tenant that is not served is left out before it is asked whether jobs of it still wait, in milliseconds. */
const leftOutMilliseconds = 600_000
/** How long after a look at the jobs of all tenants there is another at the soonest, in milliseconds. */
const wholeLookMilliseconds = 250
/** No more than this part of the time goes into such looks: they pass over all jobs of each tenant that may have no more. */
const wholeLookPart = 0.1

const JobData = t.strict({
  tenantId: TenantId,
  requestId: RemovalRequestId,
  causedBy: t.number,
  notBefore: t.union([Instant, t.null]),
})

/** What pg-boss answers when jobs are settled: how many it was true of. */
const Settled = t.type({ affected: t.number })

type QueueName = typeof performQueue | typeof deadQueue

/** One delivery of a job. pg-boss leaves alone what has been delivered again since. */
interface Attempt {
  readonly id: string
  readonly retryCount: number
}

/** How long a statement of pg-boss may take: its sweeps may take longer than any statement of a request. */
export const queueMilliseconds = 60_000

/** The queue on pg-boss. Its tables hold references only, of all tenants: what a job is about is read under its tenant. */
export const startJobQueue = async (
  pool: Pool,
  transactions: TenantTransactions,
  settings: JobQueueSettings,
  gate: Gate,
  onProblem: OnProblem,
): Promise<JobQueue> => {
  const { supervise, superviseSeconds, onMalformedJob, onDefect } = settings
  const query = untenanted(pool, queueMilliseconds)
  const boss = new PgBoss({
    db: {
      executeSql: async (text, values) => {
        gate.admit()
        const result = await query({ text, values: values ?? [] })
        gate.answered()
        return result
      },
    },
    schema: queueSchema,
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    // Both need the ownership of the tables, which whoever runs the queue does not have.
    reindex: false,
    monitorVacuum: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    clock: steadyClock,
  })
  boss.on('error', error => {
    if (error instanceof NotNow) return
    const code = outageIn(error)
    if (code === null) onDefect(error)
    else onProblem({ code, operation: 'queue-upkeep' })
  })
  const stop = () => boss.stop({ graceful: false })
  const start = async () => {
    await boss.start()
    return boss.getQueue(performQueue)
  }
  const queue = await start().catch(async (error: unknown) => {
    // The timers that it has set would keep the process from its end. Why it did not start is what matters, not how this ends.
    await stop().catch(() => undefined)
    throw error
  })

  const attempt = orUnavailable(onProblem)
  const settle = (
    how: (queue: QueueName, attempts: Array<Attempt>) => Promise<unknown>,
  ): ((queue: QueueName) => (one: Attempt) => Promise<null>) =>
    groupedBy(
      { lanes: 1, most: 256, admit: gate.admit },
      (queue: QueueName) => async (attempts: ReadonlyArray<Attempt>) => {
        await how(queue, [...attempts])
        return attempts.map(() => null)
      },
    )
  const complete = settle((queue, attempts) => boss.complete(queue, attempts))
  const fail = settle((queue, attempts) => boss.fail(queue, attempts))
  const held = (
    operation: string,
    receipt: string,
    then: (queue: QueueName) => (one: Attempt) => Promise<unknown>,
  ) =>
    attempt(operation, async () => {
      const read = attemptIn(receipt)
      if (read !== null) await then(read.queue)(read.attempt)
    })

  const fetch = fetchingServed(boss, pool, settings, gate)
  const take = (operation: string, queue: QueueName, limit: number) =>
    attempt(operation, async () => {
      const jobs = await fetch(queue, limit)
      const malformed = jobs.filter(job => jobIn(job) === null)
      if (malformed.length > 0) await boss.complete(queue, malformed)
      for (const _ of malformed) onMalformedJob()
      return jobs.flatMap((fetched): ReadonlyArray<HeldJob> => {
        const job = jobIn(fetched)
        return job === null
          ? []
          : [{ job, receipt: receiptOf(queue, fetched), deliveries: fetched.retryCount + 1 }]
      })
    })

  return {
    leaseSeconds: queue?.heartbeatSeconds ?? usualQueueSettings.leaseSeconds,
    enqueueWithin: async (run, jobs) => {
      if (jobs.length > 0) await boss.insert(performQueue, jobs.map(insertOf), { db: within(run) })
    },
    jobs: {
      receive: limit => take('receive-jobs', performQueue, limit),
      receiveDead: limit => take('receive-dead-jobs', deadQueue, limit),
      complete: receipt => held('complete-job', receipt, complete),
      fail: receipt => held('fail-job', receipt, fail),
      renew: receipts =>
        attempt('renew-jobs', async () => {
          const read = receipts.flatMap(receipt => attemptIn(receipt) ?? [])
          for (const queue of [performQueue, deadQueue] as const) {
            const attempts = read.filter(one => one.queue === queue).map(one => one.attempt)
            if (attempts.length > 0) await boss.touch(queue, attempts)
          }
        }),
      postpone: (receipt, until) =>
        attempt('postpone-job', async () => {
          const read = attemptIn(receipt)
          const job = read === null ? null : await boss.getJobById<unknown>(read.queue, read.attempt.id)
          if (read === null || job === null) return
          const data = decodedRow(JobData, job.data)
          // A delivery anew is a job anew: one goes and the other comes together.
          await transactions.through(data.tenantId, async run => {
            const completed = await boss.complete(read.queue, read.attempt, null, { db: within(run) })
            if (decodedRow(Settled, completed).affected === 0) return
            const next: Job = { name: 'performRemoval', ...data, notBefore: until }
            await boss.insert(read.queue, [{ ...insertOf(next), startAfter: await notAtOnce(run, until) }], {
              db: within(run),
            })
          })
        }),
    },
    stop,
  }
}

interface Fetched extends Attempt {
  readonly data: unknown
  readonly groupId?: string | null
}

/** The job that was put in; null where it was not put in by Lethe: it stands in the group of its tenant. */
const jobIn = ({ data, groupId }: Fetched): Job | null => {
  const decoded = JobData.decode(data)
  return E.isLeft(decoded) || decoded.right.tenantId !== groupId
    ? null
    : { name: 'performRemoval', ...decoded.right }
}

/**
 * Takes jobs of the tenants that are served. pg-boss can leave groups out, and cannot take some alone: so each fetch is a transaction. One
 * that brought jobs of another tenant is rolled back, as if it had never been, and made again without that tenant, which is left out
 * for ten minutes. So a job that waits for its tenant is never delivered, and never dies of it.
 *
 * A fetch is of the jobs that have waited longest. Where those are of a tenant that holds nearly as many as it may, it brings few, and none
 * of others. So where several tenants are served there is a look at all of them up to four times a second: first for those with less than
 * their share under way, then for what has waited longest, then for the others. A tenant that comes late so has its share as soon
 * as others end some of theirs, however many of theirs are older.
 */
const fetchingServed = (
  boss: PgBoss,
  pool: Pool,
  { tenants, heldPerTenant, onJobsLeft }: JobQueueSettings,
  gate: Gate,
): ((queue: QueueName, limit: number) => Promise<ReadonlyArray<Fetched>>) => {
  const served: ReadonlySet<string> | null = tenants === null ? null : new Set(tenants)
  const share = served === null ? heldPerTenant : Math.max(1, Math.floor(heldPerTenant / served.size))
  /** Until when each tenant that is not served is left out. */
  const leftOut = new Map<TenantId, number>()
  let wholeLookAt = Number.NEGATIVE_INFINITY

  /** What has no group, or one that names no tenant, Lethe did not put in. */
  const othersIn = (jobs: ReadonlyArray<Fetched>): ReadonlySet<TenantId> =>
    new Set(
      jobs.flatMap(({ groupId }) => (TenantId.is(groupId) && served?.has(groupId) === false ? groupId : [])),
    )

  /** @returns null where there were jobs of other tenants, which are left out from now on. */
  const fetchOnce = async (
    queue: QueueName,
    limit: number,
    held: number,
  ): Promise<ReadonlyArray<Fetched> | null> => {
    // Before a connection is taken: one that was taken in vain would be rolled back, and wait for the answer to that.
    gate.admit()
    return withClient(pool, async client => {
      const now = performance.now()
      for (const [tenantId, until] of leftOut) if (until <= now) leftOut.delete(tenantId)
      const [, jobs] = await Promise.all([
        client.query(beginWithin(queueMilliseconds)),
        boss.fetch<unknown>(queue, {
          batchSize: limit,
          ignoreGroups: [...leftOut.keys()],
          ...(queue === performQueue ? { groupConcurrency: held } : {}),
          db: { executeSql: async (text, values) => client.query(text, values) },
        }),
      ])
      const others = othersIn(jobs)
      await client.query(others.size === 0 ? 'commit' : 'rollback')
      gate.answered()
      for (const tenantId of others) {
        leftOut.set(tenantId, now + leftOutMilliseconds)
        onJobsLeft(tenantId)
      }
      return others.size === 0 ? jobs : null
    })
  }

  const fetch = async (queue: QueueName, limit: number, held: number): Promise<ReadonlyArray<Fetched>> =>
    // Each time there is one tenant fewer.
    (await fetchOnce(queue, limit, held)) ?? fetch(queue, limit, held)

  /** Looks once for each bound, for what is left of the limit. What was taken is not lost because no more could be. */
  const fetchEach = async (
    queue: QueueName,
    limit: number,
    bounds: ReadonlyArray<number>,
  ): Promise<ReadonlyArray<Fetched>> => {
    const taken: Array<Fetched> = []
    for (const bound of bounds)
      try {
        if (taken.length < limit) taken.push(...(await fetch(queue, limit - taken.length, bound)))
      } catch (error) {
        if (taken.length === 0) throw error
        // The next look meets what is wrong, and says so.
        break
      }
    return taken
  }

  return async (queue, limit) => {
    const begun = performance.now()
    if (queue === deadQueue || served?.size === 1 || begun < wholeLookAt)
      return fetch(queue, limit, heldPerTenant)
    const taken = await fetchEach(queue, limit, [share, heldPerTenant, heldPerTenant])
    const now = performance.now()
    if (taken.length < limit)
      wholeLookAt = now + Math.max(wholeLookMilliseconds, (now - begun) / wholeLookPart)
    return taken
  }
}

/**
 * A moment, or a second from now by the database's clock if that is later: were the clock of this process behind it, a job
 * that is too early here and due there would come back without end.
 */
const notAtOnce = async (run: Run, until: Instant): Promise<Instant> => {
  const [soonest = until] = columnIn(
    'soonest',
    dateColumn,
    await run({ text: `select ${queueSchema}.job_now() + interval '1 second' as soonest`, values: [] }),
  ).map(date => instantFromMilliseconds(date.getTime()))
  return soonest > until ? soonest : until
}

/** A transaction, in the form in which pg-boss takes one. */
const within = (run: Run): Db => ({
  executeSql: async (text, values) => ({ rows: [...(await run({ text, values: values ?? [] }))] }),
})

const insertOf = ({ tenantId, requestId, causedBy, notBefore }: Job) => ({
  data: { tenantId, requestId, causedBy, notBefore },
  group: { id: tenantId },
  ...(notBefore === null ? {} : { startAfter: notBefore }),
})

const receiptOf = (queue: QueueName, { id, retryCount }: Attempt): string => `${queue}/${id}/${retryCount}`

const attemptIn = (receipt: string): { readonly queue: QueueName; readonly attempt: Attempt } | null => {
  const [queue, id, retryCount] = receipt.split('/')
  if ((queue !== performQueue && queue !== deadQueue) || id === undefined || !/^\d+$/.test(retryCount ?? ''))
    return null
  return { queue, attempt: { id, retryCount: Number(retryCount) } }
}
