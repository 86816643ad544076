import { migrate, usualQueueSettings } from '@lethe/adapter-postgres'
import * as E from 'fp-ts/lib/Either.js'
import { type BadConfig, decodeMigrationConfig } from './config.js'

/** Brings the database to what this version needs, and says what it did. */
export const runMigrate = async (
  environment: Readonly<Record<string, string | undefined>>,
): Promise<E.Either<BadConfig, null>> => {
  const config = decodeMigrationConfig(environment)
  if (E.isLeft(config)) return config
  const { ownerUrl, leaseSeconds } = config.right
  const migrated = await migrate(ownerUrl, { ...usualQueueSettings, leaseSeconds })
  if (E.isLeft(migrated))
    return E.left({
      _tag: 'BadConfig',
      mistakes: [
        `LETHE_DATABASE_OWNER_URL: expected a database that can be reached and changed (${migrated.left.code})`,
      ],
    })
  const { migrations } = migrated.right
  process.stdout.write(
    migrations.length === 0 ? 'The database is up to date.\n' : `Migrated: ${migrations.join(', ')}.\n`,
  )
  return E.right(null)
}
