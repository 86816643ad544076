import {
  migrate,
  type MigrationRefusal,
  type MissingRight,
  usualQueueSettings,
} from '@lethe/adapter-postgres'
import * as E from 'fp-ts/lib/Either.js'
import { type BadConfig, decodeMigrationConfig } from './config.js'

/** Brings the database to what this version needs, and says what it did. */
export const runMigrate = async (
  environment: Readonly<Record<string, string | undefined>>,
): Promise<E.Either<BadConfig, null>> => {
  const config = decodeMigrationConfig(environment)
  if (E.isLeft(config)) return config
  const { ownerUrl, ownerPasswordFile: passwordFile, leaseSeconds } = config.right
  const migrated = await migrate(ownerUrl, { ...usualQueueSettings, leaseSeconds }, { passwordFile })
  if (E.isLeft(migrated)) return E.left({ _tag: 'BadConfig', mistakes: [mistakeOf(migrated.left)] })
  const { migrations } = migrated.right
  process.stdout.write(
    migrations.length === 0 ? 'The database is up to date.\n' : `Migrated: ${migrations.join(', ')}.\n`,
  )
  return E.right(null)
}

const mistakeOf = (refusal: MigrationRefusal): string => {
  const setting = 'LETHE_DATABASE_OWNER_URL: expected'
  switch (refusal._tag) {
    case 'CannotMigrate':
      return `${setting} a database that can be reached and changed (${refusal.code})`
    case 'NoPassword':
      return `LETHE_DATABASE_OWNER_PASSWORD_FILE: expected a file that can be read and holds the password (${refusal.code})`
    case 'Busy':
      return `${setting} a database where nobody holds a lock for long (${refusal.code}). Run migrate again when it is quieter.`
    case 'RightMissing':
      return `${setting} a role with ${rights[refusal.right]} (${refusal.code})`
  }
}

const rights: Readonly<Record<MissingRight, string>> = {
  createOnDatabase: 'the right CREATE on the database, such as its owner',
  ownershipOfSchemas: 'the ownership of the schemas lethe and pgboss',
  createRole: 'the right CREATEROLE, as long as there is no role lethe_app',
}
