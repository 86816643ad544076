import { sha256Digest } from '@lethe/adapter-system'
import { type OpenStore, rightOf, type StoreHarness } from '@lethe/application/testing'
import { instantFromMilliseconds } from '@lethe/domain'
import { PgBoss, TestClock } from 'pg-boss'
import { migratedDatabase, type TestDatabase } from './database.js'
import { freshIds } from './fresh-ids.js'
import { queue } from './queue.js'
import { openStoreOn } from './store.js'

export interface HarnessWithDatabase extends StoreHarness {
  readonly database: TestDatabase
  readonly close: () => Promise<void>
}

/** A store over a database whose time a test moves: the clock of pg-boss, which the queue measures time with. */
export const postgresHarness = async (): Promise<HarnessWithDatabase> => {
  const database = await migratedDatabase(queue)
  const clock = new TestClock()
  const keeper = new PgBoss({
    connectionString: database.ownerUrl,
    clock,
    supervise: false,
    schedule: false,
    registerInstance: false,
    monitorIntervalSeconds: 1,
    reindex: false,
    monitorVacuum: false,
  })
  await keeper.start()
  await database.asOwner('grant select on all tables in schema pgboss to lethe_app')
  await database.asOwner(
    `do $$ begin execute format('alter database %I set pgboss.test_clock = ''on''', current_database()); end $$`,
  )
  const store = rightOf(await openStoreOn(database.appUrl))
  const advance = async (seconds: number): Promise<void> => {
    await clock.setTime(clock.now() + seconds * 1000)
    await keeper.supervise()
  }
  return {
    store,
    ids: freshIds,
    digest: sha256Digest,
    clock: { now: () => instantFromMilliseconds(clock.now()), advance },
    letLeasesRunOut: async () => {
      await advance(queue.leaseSeconds + 1)
      // The longest delay before a delivery anew.
      await advance(600)
    },
    queue,
    database,
    close: async () => {
      await store.close()
      await keeper.stop({ graceful: false })
      await database.drop()
    },
  }
}

/** One store for all tests of a file. */
export const openIn =
  (harness: () => HarnessWithDatabase): OpenStore =>
  async () =>
    harness()
