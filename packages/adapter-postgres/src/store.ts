import type { Digest, HistorySeals, RemovalRequests, StorePorts, Unavailable } from '@lethe/application'
import type { RemovalRequestId, StoredRequest, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { appendGroup } from './appending.js'
import { postgresBatches } from './batches.js'
import { type CheckedPart, checkPart, type CheckWish } from './checking.js'
import { type Grouping, groupedBy } from './grouping.js'
import { startJobQueue } from './job-queue.js'
import { knownRequests } from './known-requests.js'
import { isReadable, type OnUnreadable, type ReadStored, sealProblem } from './event-rows.js'
import { countOverdue, countUnreadable, readExpiring, readPage } from './listing.js'
import { postgresPaceStates } from './pace-states.js'
import { postgresActors, postgresNotes, postgresSubjects } from './people.js'
import { openPool } from './pool.js'
import { type OnProblem, orUnavailable } from './problems.js'
import { checkDatabase, type DatabaseUnfit, unfit } from './readiness.js'
import { readHistory, readRequests } from './reading-requests.js'
import { resumeWaiting } from './resuming.js'
import { postgresSignIns } from './sign-ins.js'
import { openRequests, submitGroup, type SubmittingDeps } from './submitting.js'
import { tenantTransactions } from './tenant-transactions.js'

/** The ports that share one database. */
export interface PostgresStore extends StorePorts {
  /** For how long a worker holds a job, in seconds: as the queue was made. */
  readonly leaseSeconds: number
  /**
   * Checks some requests of a tenant against their histories, and repairs what is wished to be repaired.
   *
   * @param after where the part before ended; null to begin.
   */
  readonly check: (
    tenantId: TenantId,
    after: RemovalRequestId | null,
    wish: CheckWish,
  ) => TE.TaskEither<Unavailable, CheckedPart>
  /** Whether the database answers now, within a second. */
  readonly isReachable: () => Promise<boolean>
  /** Closes all connections. */
  readonly close: () => Promise<void>
}

export interface PostgresStoreSettings {
  /** Of a role that is a member of `lethe_app` and owns nothing. */
  readonly url: string
  /** How many connections this process opens at most. */
  readonly connections: number
  /** Shows in `pg_stat_activity`. */
  readonly applicationName: string
  readonly digest: Pick<Digest, 'envelope' | 'commitment'>
  /** Seals the heads of histories, under a key that the database does not have. */
  readonly seals: HistorySeals
  /** Told of each request whose history can be read no more, by whichever process sees it first. */
  readonly onUnreadable: OnUnreadable
  /** Whose jobs are taken; null for everybody's. Those of other tenants wait for a worker that serves them. */
  readonly tenants: ReadonlyArray<TenantId> | null
  /** How many jobs of one tenant are held at a time, by all workers together. */
  readonly heldPerTenant: number
  /** Whether this process looks after the queue, as each worker does. */
  readonly supervise: boolean
  /** How often it does, in seconds. */
  readonly superviseSeconds: number
  readonly onProblem: OnProblem
  /** Told of each job that cannot be read, and is taken out of the queue: Lethe puts in none of that kind. */
  readonly onMalformedJob: () => void
  /** Told of a tenant whose jobs are due and are left, because it is none of `tenants`: every ten minutes, as long as there are some. */
  readonly onJobsLeft: (tenantId: TenantId) => void
}

/**
 * Two groups under way for each tenant: while the database does the one, the other is put together. No larger than half of what a worker
 * has of a tenant, or both would wait for each other.
 */
const inGroups: Grouping = { lanes: 2, most: 64 }
/** pg-boss' own connections: its sweeps may take longer than any statement of a request. */
const queueConnections = 2
const sweepMilliseconds = 60_000

/** The store on PostgreSQL, once it is found to be fit. */
export const openPostgresStore = async (
  settings: PostgresStoreSettings,
): Promise<E.Either<DatabaseUnfit, PostgresStore>> => {
  const { url, applicationName } = settings
  let closing = false
  // Connections that go while the store is closed are no problem any more.
  const onProblem: OnProblem = problem => {
    if (!closing) settings.onProblem(problem)
  }
  const { pool, close: closePool } = openPool(
    { url, applicationName, connections: settings.connections },
    onProblem,
  )
  const { pool: queuePool, close: closeQueuePool } = openPool(
    {
      url,
      applicationName: `${applicationName} queue`,
      connections: queueConnections,
      statementMilliseconds: sweepMilliseconds,
    },
    onProblem,
  )
  const closePools = async (): Promise<void> => {
    await Promise.all([closePool(), closeQueuePool()])
  }
  const fit = await checkDatabase(pool)
  if (E.isLeft(fit)) {
    await closePools()
    return fit
  }
  const transactions = tenantTransactions(pool)
  const started = await tryToStart(() => startJobQueue(queuePool, transactions, settings, onProblem))
  if (E.isLeft(started)) {
    await closePools()
    return started
  }
  const queue = started.right
  const people = { transactions, onProblem }
  const checking = {
    digest: settings.digest.envelope,
    seals: settings.seals,
    onUnreadable: settings.onUnreadable,
  }
  return E.right({
    removalRequests: postgresRemovalRequests({
      transactions,
      ...checking,
      enqueueWithin: queue.enqueueWithin,
      onProblem,
    }),
    batches: postgresBatches({ ...people, ...checking }),
    jobs: queue.jobs,
    backlogs: queue.backlogs,
    subjects: postgresSubjects(people),
    actors: postgresActors(people),
    notes: postgresNotes(people),
    sealedSignIns: postgresSignIns(people),
    paces: postgresPaceStates(people),
    leaseSeconds: queue.leaseSeconds,
    check: (tenantId, after, wish) =>
      orUnavailable(onProblem)(() =>
        checkPart(
          { transactions, ...checking, commitment: settings.digest.commitment },
          tenantId,
          after,
          wish,
        ),
      ),
    isReachable: async () => {
      const answer = orUnavailable(onProblem)(() => pool.query('select 1'))()
      return E.isRight(await Promise.race([answer, tooLate()]))
    },
    close: async () => {
      closing = true
      // What pg-boss still waits for ends with its connections.
      await Promise.all([queue.stop(), closePools()])
    },
  })
}

const tryToStart = async <A>(start: () => Promise<A>): Promise<E.Either<DatabaseUnfit, A>> => {
  try {
    return E.right(await start())
  } catch (error) {
    return unfit(error)
  }
}

const answerMilliseconds = 1000

const tooLate = (): Promise<E.Either<null, null>> =>
  new Promise(resolve => {
    setTimeout(() => {
      resolve(E.left(null))
    }, answerMilliseconds).unref()
  })

interface RemovalRequestsDeps extends SubmittingDeps {
  readonly onProblem: OnProblem
}

const postgresRemovalRequests = (deps: RemovalRequestsDeps): RemovalRequests => {
  const { transactions, onProblem } = deps
  const attempt = orUnavailable(onProblem)
  const known = knownRequests()
  const submit = groupedBy(inGroups, submitGroup(deps))
  const append = groupedBy(inGroups, appendGroup({ ...deps, known }))
  const load = groupedBy(inGroups, (tenantId: TenantId) => async (ids: ReadonlyArray<RemovalRequestId>) => {
    const found = await readRequests(deps, tenantId, ids)
    return ids.map(id => O.map(seen)(O.fromNullable(found.get(id))))
  })
  const seen = (read: ReadStored): StoredRequest => {
    if (isReadable(read)) return known.remember(read)
    known.forget(read.request.id)
    return read.request
  }

  return {
    submit: submission => flattened(attempt(() => submit(submission.tenantId)(submission))),
    openFor: (tenantId, userId) =>
      attempt(async () => {
        const open = await openRequests(deps, tenantId, [userId])
        return O.fromNullable(open.get(userId)?.request)
      }),
    load: (tenantId, id) => attempt(() => load(tenantId)(id)),
    append: next => flattened(attempt(() => append(next.tenantId)(next))),
    list: (tenantId, filter, page) => flattened(attempt(() => readPage(deps, tenantId, filter, page))),
    history: (tenantId, id) =>
      attempt(async () => {
        const found = await readHistory(transactions, tenantId, id)
        if (found === undefined) return O.none
        const problem = sealProblem(found, deps.seals)
        const seal = problem === null ? 'intact' : problem === 'headNotSealed' ? 'missing' : 'differs'
        return O.some({ events: found.events, isCut: found.isCut, head: found.head, seal })
      }),
    expiring: (tenantId, at, limit) => attempt(() => readExpiring(transactions, tenantId, at, limit)),
    resume: (tenantId, seconds, limit) => attempt(() => resumeWaiting(deps, tenantId, seconds, limit)),
    overdue: (tenantId, at) => attempt(() => countOverdue(transactions, tenantId, at)),
    unreadable: tenantId => attempt(() => countUnreadable(deps, tenantId)),
  }
}

const flattened = <R, S, A>(task: TE.TaskEither<R, E.Either<S, A>>): TE.TaskEither<R | S, A> =>
  TE.flatMap((answer: E.Either<S, A>) => TE.fromEither(answer))(task)
