import type { Clock } from '@lethe/application'
import * as t from 'io-ts'
import type { Pool } from 'pg'
import { decodedRow } from './event-rows.js'
import { NotNow, type OnProblem, outageIn } from './problems.js'
import { hasMigrations, isMissing } from './readiness.js'
import { type Gate, type Lender, mostClockSeconds } from './tenant-transactions.js'

/**
 * Why a process takes nothing now: the database does not answer within a second; it lacks a migration; it is a standby, or takes no
 * writes otherwise; or the clock of the process is more than two minutes from that of the database.
 */
export type NotReady = 'database' | 'schema' | 'standby' | 'clock'

/** Looks at the database all the time, on a connection of its own. */
export interface Watch extends Gate {
  /** Looks for the first time, and goes on with it. The gate is open until then. */
  readonly start: () => Promise<void>
  /** Looks now, which takes a second at most; null where all is well. */
  readonly look: () => Promise<NotReady | null>
  readonly stop: () => void
}

/** How often it looks, and how long an answer may take, in milliseconds. */
const lookEvery = 1000
export const answerMilliseconds = 1000
/** So many looks in a row without an answer, and without one to others, close the gate: a single one may be this process' own fault. */
const looksToClose = 2
/** How often a clock that is wrong is told of, in milliseconds. */
const clockNewsEvery = 60_000

export interface WatchSettings {
  /** The names of those that the database must have. */
  readonly migrations: ReadonlyArray<string>
  /** The clock of this process; null where it is not held against the database's. */
  readonly clock: Clock | null
  /** Told by how many seconds the clock of this process is ahead (less than 0: behind), once a minute as long as that is too far. */
  readonly onClock: (aheadSeconds: number) => void
  readonly onProblem: OnProblem
}

/** @param pool that lends one connection, to nobody else. Connecting may take no longer than an answer. */
export const watchDatabase = (
  pool: Pool,
  { migrations, clock, onClock, onProblem }: WatchSettings,
): Watch => {
  let known: NotReady | null = null
  let unanswered = 0
  let told: string | null = null
  let clockTold = -Infinity
  let underWay: Promise<NotReady | null> | null = null
  let next: NodeJS.Timeout | undefined
  let stopped = false

  const clockProblem = (before: number, after: number, nowMs: number): 'clock' | null => {
    // The database read its clock at some moment between the two: a process that was suspended meanwhile is no further off.
    const ahead = before > nowMs ? before - nowMs : Math.min(0, after - nowMs)
    if (Math.abs(ahead) <= mostClockSeconds * 1000) return null
    if (performance.now() - clockTold >= clockNewsEvery) {
      clockTold = performance.now()
      onClock(Math.round(ahead / 1000))
    }
    return 'clock'
  }

  /** Tells of what is wrong once, and of what is wrong next. */
  const tell = (code: string | null): void => {
    if (code !== null && code !== told && !stopped) onProblem({ code, operation: 'ready' })
    told = code
  }

  const isNowWithout = (what: 'schema'): 'schema' => {
    tell('notMigrated')
    known = what
    return what
  }

  const lookOnce = async (): Promise<NotReady | null> => {
    const time = (): number => (clock === null ? 0 : Date.parse(clock.now()))
    const before = time()
    try {
      const { readOnly, migrated, nowMs } = await ask(pool, migrations)
      unanswered = 0
      if (!migrated) return isNowWithout('schema')
      tell(readOnly ? 'standby' : null)
      known = readOnly ? 'standby' : clock === null ? null : clockProblem(before, time(), nowMs)
      return known
    } catch (error) {
      if (isMissing(error)) return isNowWithout('schema')
      const code = outageIn(error)
      if (code === null) throw error
      unanswered += 1
      tell(code)
      if (unanswered >= looksToClose) known = 'database'
      return 'database'
    }
  }
  const look = (): Promise<NotReady | null> => {
    underWay ??= lookOnce().finally(() => {
      underWay = null
    })
    return underWay
  }

  const lookAgain = (): void => {
    next = setTimeout(() => {
      void look()
        // A bug keeps nobody from being looked at again; each `look` of others shows it.
        .catch(() => null)
        .finally(() => {
          if (!stopped) lookAgain()
        })
    }, lookEvery).unref()
  }

  return {
    start: async () => {
      await look()
      lookAgain()
    },
    look,
    admit: () => {
      if (known !== null) throw new NotNow(known)
    },
    answered: () => {
      unanswered = 0
    },
    stop: () => {
      stopped = true
      clearTimeout(next)
    },
  }
}

const Answer = t.strict({ read_only: t.boolean, migrated: t.boolean, now_ms: t.number })

interface Asked {
  readonly readOnly: boolean
  readonly migrated: boolean
  readonly nowMs: number
}

const ask = async (pool: Pool, migrations: ReadonlyArray<string>): Promise<Asked> => {
  const client = await pool.connect()
  let isOfUse = false
  try {
    const { rows } = await withinTime(
      client.query<object>(
        `
        select pg_is_in_recovery() or current_setting('transaction_read_only')::bool as read_only,
          ${hasMigrations} as migrated,
          (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`,
        [migrations],
      ),
    )
    const { read_only: readOnly, migrated, now_ms: nowMs } = decodedRow(Answer, rows[0])
    // The next connection may lead to a server that is no standby.
    isOfUse = !readOnly
    return { readOnly, migrated, nowMs }
  } finally {
    client.release(!isOfUse)
  }
}

/** Fails after a second. An answer that has arrived is read before: this process may have been busy itself. */
const withinTime = <A>(answer: Promise<A>): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      setImmediate(() => {
        reject(new NotNow('noAnswer'))
      })
    }, answerMilliseconds)
  })
  return Promise.race([answer, late]).finally(() => {
    clearTimeout(timer)
  })
}

/** How many wait for a connection at most. Each gives up after some seconds by itself. */
const mostWaiting = 1000

/** Lends the connections of a pool while the gate is open, and not too many wait for one. */
export const guarded = (pool: Pool, { admit }: Pick<Gate, 'admit'>): Lender => ({
  connect: async () => {
    admit()
    if (pool.waitingCount >= mostWaiting) throw new NotNow('tooManyWait')
    return pool.connect()
  },
})
