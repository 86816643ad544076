import type {
  Clock,
  Digest,
  HistorySeals,
  RemovalRequests,
  StorePorts,
  Unavailable,
} from '@lethe/application'
import type { RemovalRequestId, StoredRequest, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { appendGroup } from './appending.js'
import { postgresBacklogs } from './backlogs.js'
import { postgresBatches } from './batches.js'
import { type CheckedPart, checkPart, type CheckWish } from './checking.js'
import { connectionTo, type DatabaseAddress } from './connection.js'
import { answerMilliseconds, guarded, type NotReady, watchDatabase } from './gate.js'
import { groupedBy } from './grouping.js'
import { queueMilliseconds, startJobQueue } from './job-queue.js'
import { knownRequests } from './known-requests.js'
import { isReadable, type OnUnreadable, type ReadStored, sealProblem } from './event-rows.js'
import { countOverdue, countUnreadable, readExpiring, readPage } from './listing.js'
import { postgresPaceStates } from './pace-states.js'
import { postgresActors, postgresNotes, postgresSubjects } from './people.js'
import { openPool } from './pool.js'
import { clockDiffers, type OnProblem, orUnavailable } from './problems.js'
import { checkDatabase, type DatabaseUnfit, migrationNames, unfit } from './readiness.js'
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
  /** Why it takes nothing now; null where it does. The answer comes within a second or so. */
  readonly notReady: () => Promise<NotReady | null>
  /** Closes all connections. */
  readonly close: () => Promise<void>
}

/** The role is a member of `lethe_app`, and owns nothing. */
export interface PostgresStoreSettings extends DatabaseAddress {
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
  /**
   * The clock of this process: while it is more than two minutes from that of the database, everything is unavailable. Null where a
   * test moves it.
   */
  readonly clock: Clock | null
  /** Told by how many seconds that clock is ahead of the database's (less than 0: behind), once a minute as long as it is too far. */
  readonly onClock: (aheadSeconds: number) => void
  readonly onProblem: OnProblem
  /** Told of each job that cannot be read, and is taken out of the queue: Lethe puts in none of that kind. */
  readonly onMalformedJob: () => void
  /** Told of each bug that shows where nobody waits for an answer. */
  readonly onDefect: (error: unknown) => void
  /** Told of a tenant whose jobs are due and are left, because it is none of `tenants`: every ten minutes, as long as there are some. */
  readonly onJobsLeft: (tenantId: TenantId) => void
}

/**
 * Two groups under way for each tenant: while the database does the one, the other is put together. No larger than half of what a worker
 * has of a tenant, or both would wait for each other.
 */
const inGroups = { lanes: 2, most: 64 }
/** pg-boss' own connections. */
const queueConnections = 2

/** The store on PostgreSQL, once it is found to be fit. */
export const openPostgresStore = async (
  settings: PostgresStoreSettings,
): Promise<E.Either<DatabaseUnfit, PostgresStore>> => {
  const { applicationName } = settings
  const connection = connectionTo(settings)
  if (E.isLeft(connection)) return E.left({ _tag: 'Unreachable', code: connection.left })
  const migrations = await migrationNames()
  let closing = false
  // Connections that go while the store is closed are no problem any more.
  const onProblem: OnProblem = problem => {
    if (closing) return
    // The look says by how much.
    if (problem.code === clockDiffers) void watch.look().catch(() => null)
    else settings.onProblem(problem)
  }
  const { pool, close: closePool } = openPool(
    { connection: connection.right, applicationName, connections: settings.connections },
    onProblem,
  )
  const { pool: queuePool, close: closeQueuePool } = openPool(
    {
      connection: connection.right,
      applicationName: `${applicationName} queue`,
      connections: queueConnections,
      statementMilliseconds: queueMilliseconds,
    },
    onProblem,
  )
  const { pool: watchPool, close: closeWatchPool } = openPool(
    {
      connection: connection.right,
      applicationName: `${applicationName} watch`,
      connections: 1,
      connectMilliseconds: answerMilliseconds,
    },
    onProblem,
  )
  const watch = watchDatabase(watchPool, {
    migrations,
    clock: settings.clock,
    onClock: settings.onClock,
    onProblem,
  })
  const closePools = async (): Promise<void> => {
    watch.stop()
    await Promise.all([closePool(), closeQueuePool(), closeWatchPool()])
  }
  const fit = await checkDatabase(pool, migrations)
  if (E.isLeft(fit)) {
    await closePools()
    return fit
  }
  const transactions = tenantTransactions(guarded(pool, watch), watch, settings.clock !== null)
  const started = await tryToStart(() => startJobQueue(queuePool, transactions, settings, watch, onProblem))
  if (E.isLeft(started)) {
    await closePools()
    return started
  }
  const queue = started.right
  try {
    await watch.start()
  } catch (error) {
    await Promise.all([queue.stop(), closePools()])
    throw error
  }
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
    backlogs: postgresBacklogs(people),
    subjects: postgresSubjects(people),
    actors: postgresActors(people),
    notes: postgresNotes(people),
    sealedSignIns: postgresSignIns(people, settings.clock),
    paces: postgresPaceStates(people),
    leaseSeconds: queue.leaseSeconds,
    check: (tenantId, after, wish) =>
      orUnavailable(onProblem)('check', () =>
        checkPart(
          { transactions, ...checking, commitment: settings.digest.commitment },
          tenantId,
          after,
          wish,
        ),
      ),
    notReady: async () => {
      try {
        return await watch.look()
      } catch (error) {
        settings.onDefect(error)
        return 'database'
      }
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

interface RemovalRequestsDeps extends SubmittingDeps {
  readonly onProblem: OnProblem
}

const postgresRemovalRequests = (deps: RemovalRequestsDeps): RemovalRequests => {
  const { transactions, onProblem } = deps
  const attempt = orUnavailable(onProblem)
  const known = knownRequests()
  const grouping = { ...inGroups, admit: transactions.admit }
  const submit = groupedBy(grouping, submitGroup(deps))
  const append = groupedBy(grouping, appendGroup({ ...deps, known }))
  const load = groupedBy(grouping, (tenantId: TenantId) => async (ids: ReadonlyArray<RemovalRequestId>) => {
    const found = await readRequests(deps, tenantId, ids)
    return ids.map(id => O.map(seen)(O.fromNullable(found.get(id))))
  })
  const seen = (read: ReadStored): StoredRequest => {
    if (isReadable(read)) return known.remember(read)
    known.forget(read.request.id)
    return read.request
  }

  return {
    submit: submission => flattened(attempt('submit', () => submit(submission.tenantId)(submission))),
    openFor: (tenantId, userId) =>
      attempt('open-request', async () => {
        const open = await openRequests(deps, tenantId, [userId])
        return O.fromNullable(open.get(userId)?.request)
      }),
    load: (tenantId, id) => attempt('load', () => load(tenantId)(id)),
    append: next => flattened(attempt('append', () => append(next.tenantId)(next))),
    list: (tenantId, filter, page) =>
      flattened(attempt('list', () => readPage(deps, tenantId, filter, page))),
    history: (tenantId, id) =>
      attempt('history', async () => {
        const found = await readHistory(transactions, tenantId, id)
        if (found === undefined) return O.none
        const problem = sealProblem(found, deps.seals)
        const seal = problem === null ? 'intact' : problem === 'headNotSealed' ? 'missing' : 'differs'
        return O.some({ events: found.events, isCut: found.isCut, head: found.head, seal })
      }),
    expiring: (tenantId, at, limit) =>
      attempt('expiring', () => readExpiring(transactions, tenantId, at, limit)),
    resume: (tenantId, seconds, limit) =>
      attempt('resume', () => resumeWaiting(deps, tenantId, seconds, limit)),
    overdue: (tenantId, at) => attempt('count-overdue', () => countOverdue(transactions, tenantId, at)),
    unreadable: tenantId => attempt('count-unreadable', () => countUnreadable(deps, tenantId)),
  }
}

const flattened = <R, S, A>(task: TE.TaskEither<R, E.Either<S, A>>): TE.TaskEither<R | S, A> =>
  TE.flatMap((answer: E.Either<S, A>) => TE.fromEither(answer))(task)
