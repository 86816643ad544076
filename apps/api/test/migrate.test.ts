import { readdirSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Client } from 'pg'
import { afterAll, afterEach, describe, expect, inject, test } from 'vitest'
import { runMigrate } from '../src/run-migrate.js'
import { killChildren, startChild } from './making/child.js'
import { addRole, dropDatabases, emptyDatabase, migratedDatabase } from './making/database.js'
import { upTo } from './making/places.js'

afterEach(killChildren)
afterAll(dropDatabases)

/** Runs a command to its end. */
const run = async (args: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}) => {
  const child = startChild(environment, args)
  const code = await child.ended
  return { code, said: child.said(), printed: child.printed() }
}

const migrate = (ownerUrl: string, changes: Readonly<Record<string, string>> = {}) =>
  run(['migrate'], { LETHE_DATABASE_OWNER_URL: ownerUrl, ...changes })

const done = (line: string) => ({ code: 0, said: `${line}\n`, printed: `${line}\n` })
const refused = (mistake: string) => ({ code: 1, said: `lethe-api cannot start:\n${mistake}\n`, printed: '' })

const expectation = 'LETHE_DATABASE_OWNER_URL: expected a database that can be reached and changed'
const unfit = (code: string) => E.left({ _tag: 'BadConfig', mistakes: [`${expectation} ${code}`] })

const Lease = t.type({ heartbeat_seconds: t.number })
const leases = `select distinct heartbeat_seconds from pgboss.queue where name like 'perform-%'`

describe('lethe-api', () => {
  test('--help prints how it is used, needs no setting, and ends with 0', async () => {
    const { code, said, printed } = await run(['--help'])
    expect(code).toBe(0)
    expect(printed).toBe(said)
    expect(printed).toMatch(/^Usage: lethe-api \[--role api\|worker\|both\] /)
  })

  test('with an argument that it does not know says what it expects, repeats nothing, and ends with 1', async () => {
    expect(await run(['--role', 'hunter2'])).toEqual(
      refused(
        'expected the arguments: migrate; check with --tenant and a tenant id, --seal, --rebuild; or --role with api, worker or both',
      ),
    )
  })
})

/** Their names, in the order in which they run. */
const migrations = readdirSync(new URL('../../../packages/adapter-postgres/migrations/', import.meta.url))
  .map(file => file.replace('.sql', ''))
  .toSorted()
  .join(', ')

describe('lethe-api migrate', () => {
  test('says what it did, and the second time that there is nothing to do', async () => {
    const { ownerUrl, rowsOf } = await emptyDatabase()
    expect(await migrate(ownerUrl)).toEqual(done(`Migrated: ${migrations}.`))
    expect(await rowsOf(Lease, leases)).toEqual([{ heartbeat_seconds: 60 }])
    // What the settings say of the queues is done again each time.
    expect(await migrate(ownerUrl, { LETHE_LEASE_SECONDS: '10' })).toEqual(
      done('The database is up to date.'),
    )
    expect(await rowsOf(Lease, leases)).toEqual([{ heartbeat_seconds: 10 }])
  })

  test('is done once, however many do it at the same time, and by an owner who is no superuser', async () => {
    const database = await emptyDatabase()
    const ownerUrl = await addRole(inject('serverUrl'), database.ownerUrl, 'createrole')
    const { pathname, username } = new URL(ownerUrl)
    await database.run(`alter database ${pathname.slice(1)} owner to ${username}`)
    const all = await Promise.all(upTo(4).map(() => migrate(ownerUrl)))
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(all.map(({ said }) => said).toSorted()).toEqual([
      `Migrated: ${migrations}.\n`,
      'The database is up to date.\n',
      'The database is up to date.\n',
      'The database is up to date.\n',
    ])
  })

  test('says in one line that the database cannot be reached', async () => {
    expect(await migrate('postgres://owner:hunter2@127.0.0.1:1/lethe')).toEqual(
      refused(`${expectation} (ECONNREFUSED)`),
    )
  })

  test('says that a lock was held for too long, and what to do', async () => {
    const { ownerUrl } = await migratedDatabase()
    const other = new Client({ connectionString: ownerUrl })
    await other.connect()
    await other.query('begin; lock table pgboss.queue')
    expect(await migrate(ownerUrl)).toEqual(
      refused(
        'LETHE_DATABASE_OWNER_URL: expected a database where nobody holds a lock for long (55P03). Run migrate again when it is quieter.',
      ),
    )
    await other.end()
    expect(await migrate(ownerUrl)).toEqual(done('The database is up to date.'))
  })

  test('reads the password from a file, and says where it cannot', async () => {
    const { ownerUrl } = await migratedDatabase()
    const bare = new URL(ownerUrl)
    bare.password = ''
    const mistakes = async (LETHE_DATABASE_OWNER_PASSWORD_FILE: string) =>
      runMigrate({ LETHE_DATABASE_OWNER_URL: bare.href, LETHE_DATABASE_OWNER_PASSWORD_FILE })
    expect(await mistakes('/nowhere/at/all')).toStrictEqual(
      E.left({
        _tag: 'BadConfig',
        mistakes: [
          'LETHE_DATABASE_OWNER_PASSWORD_FILE: expected a file that can be read and holds the password (passwordUnreadable)',
        ],
      }),
    )
  })

  test('says where it is not let in, where there is no such database, where the role may not change it, and where the URL is none', async () => {
    const [nowhere, { appUrl, run: asOwner }] = [new URL(inject('serverUrl')), await migratedDatabase()]
    nowhere.pathname = '/hunter2'
    const notLetIn = new URL(inject('serverUrl'))
    notLetIn.password = 'hunter2'
    await asOwner('delete from lethe.migration')
    const mistakes = async (url: string) => runMigrate({ LETHE_DATABASE_OWNER_URL: url })
    expect(await mistakes(notLetIn.href)).toStrictEqual(unfit('(28P01)'))
    expect(await mistakes(nowhere.href)).toStrictEqual(unfit('(3D000)'))
    expect(await mistakes(appUrl)).toStrictEqual(
      E.left({
        _tag: 'BadConfig',
        mistakes: [
          'LETHE_DATABASE_OWNER_URL: expected a role with the right CREATE on the database, such as its owner (42501)',
        ],
      }),
    )
    expect(await mistakes('postgres://owner:hunter2@db example/lethe')).toStrictEqual(
      E.left({
        _tag: 'BadConfig',
        mistakes: [
          'LETHE_DATABASE_OWNER_URL: expected a postgres:// URL with one host, user and password percent-encoded',
        ],
      }),
    )
  })
})
