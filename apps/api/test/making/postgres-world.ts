import { rightOf } from './decoded.js'
import { openStore } from '../../src/open-store.js'
import { migratedDatabase, type TestDatabase } from './database.js'
import { configFor, type Environment } from './environment.js'
import type { Issuer } from './issuer.js'
import { keepLog } from './log-lines.js'
import { openWorld, type World, type WorldSettings } from './world.js'

/** The API over PostgreSQL. */
export interface PostgresWorld extends World {
  readonly database: TestDatabase
  /** What the store said of problems. */
  readonly problems: ReadonlyArray<string>
}

const closing: Array<() => Promise<void>> = []

/** Closes the store of every world that a test opened. */
export const closeStores = async (): Promise<void> => {
  for (const close of closing.splice(0)) await close()
}

/** Opens the API on a database, on one of its own where none is given. */
export const openPostgresWorld = async (
  issuer: Issuer,
  {
    database: given,
    ...settings
  }: Pick<WorldSettings, 'environment' | 'profiles' | 'dataPlane' | 'clock'> & {
    readonly database?: TestDatabase
  } = {},
): Promise<PostgresWorld> => {
  const database = given ?? (await migratedDatabase())
  const environment: Environment = { ...settings.environment, LETHE_DATABASE_URL: database.appUrl }
  const { log, lines } = keepLog()
  const store = rightOf(await openStore(configFor(issuer, environment), 'both', log, settings.clock))
  closing.push(store.close)
  const world = openWorld(issuer, {
    ...settings,
    environment,
    store: store.ports,
    notReady: store.notReady,
  })
  return { ...world, database, problems: lines }
}
