import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  freshBatch,
  makerOf,
  readable,
  rightOf,
  someOf,
  submissionOf,
  succeed,
  upTo,
} from '@lethe/application/testing'
import * as E from 'fp-ts/lib/Either.js'
import { Client } from 'pg'
import { createDatabase, startEmbeddedPostgres } from '@lethe/embedded-postgres'
import { copy, folderBeside } from '@lethe/embedded-postgres/testing'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { migrate } from '../src/index.js'
import { migrationFolder } from '../src/migrating.js'
import { sha256Digest, systemClock } from '@lethe/adapter-system'
import { appRoleIn, emptyDatabase, giveAway, migratedDatabase, runIn } from './making/database.js'
import { freshIds } from './making/fresh-ids.js'
import { openStoreOn } from './making/store.js'

const dropping: Array<() => Promise<void>> = []
afterAll(async () => {
  for (const drop of dropping.toReversed()) await drop()
})

const empty = async (): Promise<string> => {
  const { url, drop } = await emptyDatabase()
  dropping.push(drop)
  return url
}

/** Takes back what the sixth migration and the next one did. */
const beforeTheSixth = `
  drop function lethe.refuse_clock;
  drop function lethe.has_ended cascade;
  drop function lethe.refuse_own_approval cascade;
  drop function lethe.refuse_unsealed cascade;
  drop function lethe.refuse_other_subject cascade;
  drop function lethe.refuse_other_end cascade;
  drop function lethe.refuse_known_reference cascade;
  drop function lethe.refuse_blindness;
  drop function lethe.is_owner;
  alter table lethe.removal_event drop constraint lengths;
  alter table lethe.removal_note drop constraint lengths;
  alter table lethe.sign_in drop constraint lengths;
  alter table lethe.call_pace drop constraint lengths;
  alter table lethe.removal_request drop constraint moments, drop constraint lengths, drop column head_seal, drop column unreadable_at;`

describe('migrate', () => {
  it('runs each migration once, however many processes migrate at once', async () => {
    const url = await empty()

    const all = await Promise.all(upTo(6).map(async () => rightOf(await migrate(url))))

    const run = all.flatMap(({ migrations }) => migrations)
    expect(run).toStrictEqual([...new Set(run)])
    expect(run).toContain('0001_removal-requests')
  })

  it('does nothing the second time', async () => {
    const url = await empty()
    await migrate(url)

    expect(await migrate(url)).toStrictEqual(E.right({ migrations: [] }))
  })

  it('brings a database of the first version, with what is in it, to this one', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    const store = rightOf(await openStoreOn(database.appUrl))
    const make = { ids: freshIds, digest: sha256Digest, clock: systemClock }
    const tenantId = freshIds.tenantId()
    const { request } = await succeed(store.removalRequests.submit(submissionOf(make, { tenantId })))
    await store.close()
    // As it was before the second migration.
    await database.asOwner(
      `${beforeTheSixth}
       drop table lethe.sign_in, lethe.call_pace, lethe.batch, lethe.batch_closed, lethe.batch_member;
       alter table lethe.removal_request drop column batch_id;
       alter table lethe.removal_subject drop column batch_id, drop column home_tenant_id;
       delete from lethe.migration where name <> '0001_removal-requests'`,
    )
    expect(await openStoreOn(database.appUrl)).toStrictEqual(E.left({ _tag: 'NotMigrated' }))

    expect(await migrate(database.ownerUrl)).toStrictEqual(
      E.right({
        migrations: [
          '0002_calling-graph',
          '0003_batches',
          '0004_batch-states',
          '0005_batches-have-rows',
          '0006_sealed-histories',
          '0007_checks-of-statements',
          '0008_clocks-are-held',
        ],
      }),
    )

    const again = rightOf(await openStoreOn(database.appUrl))
    const load = async () => someOf(await succeed(again.removalRequests.load(tenantId, request.id)))
    expect(await load()).toMatchObject({ state: 'unreadable', reason: 'headNotSealed' })
    expect(await succeed(again.check(tenantId, null, { seal: true, rebuild: false }))).toMatchObject({
      findings: [],
      sealed: 1,
    })
    expect(await load()).toMatchObject(request)
    expect(await succeed(again.paces.change(tenantId, state => [{ rate: 1 }, state]))).toBeNull()
    await again.close()
  })

  it('makes rows of the batches that are there, as an owner whom row-level security holds too', async () => {
    const { url, drop } = await emptyDatabase()
    dropping.push(drop)
    const ownerUrl = await giveAway({ url })
    rightOf(await migrate(ownerUrl))
    const appUrl = await appRoleIn(url)
    const before = rightOf(await openStoreOn(appUrl))
    const make = { ids: freshIds, digest: sha256Digest, clock: systemClock }
    const [tenantId, batch] = [freshIds.tenantId(), freshBatch(make)]
    const submit = async (store: typeof before) =>
      succeed(store.removalRequests.submit(submissionOf(make, { tenantId, batch })))
    const request = readable((await submit(before)).request)
    await submit(before)
    const summary = someOf(await succeed(before.batches.summary(tenantId, batch)))
    await before.close()
    // As it was before the fifth migration.
    await runIn(
      ownerUrl,
      `${beforeTheSixth}
       drop table lethe.batch, lethe.batch_closed, lethe.batch_member;
       delete from lethe.migration where name >= '0005'`,
    )

    expect(rightOf(await migrate(ownerUrl)).migrations).toContain('0005_batches-have-rows')

    const after = rightOf(await openStoreOn(appUrl))
    expect(someOf(await succeed(after.batches.summary(tenantId, batch)))).toStrictEqual(summary)
    expect(summary).toMatchObject({ maker: request.submittedBy, submittedAt: request.submittedAt, count: 2 })
    expect(await succeed(after.batches.refusalOf(tenantId, batch, makerOf(make, batch)))).toBeNull()
    await expect(runIn(ownerUrl, 'select count(*)::int as rows from lethe.removal_request')).resolves.toEqual(
      [{ rows: 0 }],
    )
    await after.close()
  })

  it('says that a database cannot be reached', async () => {
    expect(await migrate('postgres://nobody:x@127.0.0.1:1/nothing')).toStrictEqual(
      E.left({ _tag: 'CannotMigrate', code: 'ECONNREFUSED' }),
    )
  })

  it('says that no certificate can be read', async () => {
    expect(await migrate('postgres://x:y@127.0.0.1:1/z?sslrootcert=/nowhere/at/all')).toStrictEqual(
      E.left({ _tag: 'CannotMigrate', code: 'ENOENT' }),
    )
  })

  it('runs nothing that another role left for the owner of the queue to run', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    // As an earlier version let it.
    await database.asOwner('grant insert on pgboss.bam to lethe_app; update pgboss.version set bam_on = null')
    const other = new Client({ connectionString: database.appUrl })
    await other.connect()
    await other.query('begin')
    await other.query(
      `insert into pgboss.bam (name, version, table_name, command)
       values ('x', 1, 'job_common', 'create table public.made_by_the_owner ()')`,
    )

    const migrating = migrate(database.ownerUrl, undefined, { lockMilliseconds: 60_000 })
    // It waits for the transaction that still writes there.
    await expect
      .poll(() =>
        database.asOwner(
          `select 1 from pg_stat_activity where application_name = 'lethe-migrate' and wait_event_type = 'Lock'`,
        ),
      )
      .toHaveLength(1)
    await other.query('commit')
    await other.end()
    expect(await migrating).toStrictEqual(E.right({ migrations: [] }))

    expect(await database.asOwner(`select to_regclass('public.made_by_the_owner') as made`)).toEqual([
      { made: null },
    ])
    expect(await database.asOwner('select * from pgboss.bam')).toEqual([])
  })

  it('brings two databases of one server up at the same time', async () => {
    const urls = [await empty(), await empty(), await empty()]

    const all = await Promise.all(urls.map(async url => rightOf(await migrate(url))))

    expect(all.map(({ migrations }) => migrations.length > 0)).toStrictEqual([true, true, true])
  })

  it('says that a role may not, and changes nothing', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    await database.asOwner('delete from lethe.migration')

    expect(await migrate(database.appUrl)).toStrictEqual(
      E.left({ _tag: 'RightMissing', code: '42501', right: 'createOnDatabase' }),
    )
  })

  it('names the right that an owner lacks', async () => {
    // A server that nothing was migrated on: roles are of all its databases.
    const folder = join(await folderBeside(inject('initialisedFolder')), 'postgres')
    await copy(inject('initialisedFolder'), folder)
    const server = rightOf(await startEmbeddedPostgres({ folder }))
    dropping.push(server.stop)
    const url = await createDatabase(server.superuserUrl, 'new')
    const ownerUrl = await giveAway({ url })

    expect(await migrate(ownerUrl)).toStrictEqual(
      E.left({ _tag: 'RightMissing', code: '42501', right: 'createRole' }),
    )
    await runIn(url, 'drop schema lethe cascade; create schema lethe')
    expect(await migrate(ownerUrl)).toStrictEqual(
      E.left({ _tag: 'RightMissing', code: '42501', right: 'ownershipOfSchemas' }),
    )
    await runIn(url, `drop schema lethe; alter role ${new URL(ownerUrl).username} createrole`)
    expect(rightOf(await migrate(ownerUrl)).migrations).toContain('0001_removal-requests')
    // As README says.
    await runIn(ownerUrl, `create role lethe login password 'x' in role lethe_app`)
    const appUrl = new URL(url)
    appUrl.username = 'lethe'
    appUrl.password = 'x'
    const store = rightOf(await openStoreOn(appUrl.href))
    expect(await store.notReady()).toBe(null)
    await store.close()
  })

  it('says that a migration is missing before one that was made', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    await database.asOwner(`delete from lethe.migration where name = '0003_batches'`)

    expect(await migrate(database.ownerUrl)).toStrictEqual(
      E.left({ _tag: 'CannotMigrate', code: 'migrationsOutOfOrder' }),
    )
  })

  it('does nothing on a database of a later version', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    await database.asOwner(`insert into lethe.migration (name, run_on) values ('9999_later', now())`)

    expect(await migrate(database.ownerUrl)).toStrictEqual(E.right({ migrations: [] }))
  })

  it.each([
    ['in a transaction', '0099_column', 'alter table lethe.batch add column later int;'],
    [
      'without one',
      '0099_index',
      `-- Without a transaction

-- An index that was not built to the end is dropped first.
drop index concurrently if exists lethe.later;
create index concurrently later on lethe.batch (submitted_at);
`,
    ],
  ])('gives up on a lock that somebody holds, %s, and can be run again', async (_how, name, text) => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    const folder = await mkdtemp(join(tmpdir(), 'lethe-migrations-'))
    dropping.push(() => rm(folder, { recursive: true }))
    await cp(migrationFolder, folder, { recursive: true })
    await writeFile(join(folder, `${name}.sql`), text)
    const other = new Client({ connectionString: database.ownerUrl })
    await other.connect()
    await other.query('begin; lock table lethe.batch in row exclusive mode')

    expect(await migrate(database.ownerUrl, undefined, { folder, lockMilliseconds: 50 })).toStrictEqual(
      E.left({ _tag: 'Busy', code: '55P03' }),
    )
    expect(await openStoreOn(database.appUrl)).toMatchObject({ _tag: 'Right' })
    await other.query('rollback')
    await other.end()

    expect(await migrate(database.ownerUrl, undefined, { folder })).toStrictEqual(
      E.right({ migrations: [name] }),
    )
    expect(await migrate(database.ownerUrl, undefined, { folder })).toStrictEqual(E.right({ migrations: [] }))
    expect(
      await database.asOwner(`
        select count(*)::int as made from pg_attribute where attname = 'later' and attrelid = 'lethe.batch'::regclass
        union all
        select count(*)::int from pg_index join pg_class on pg_class.oid = indexrelid where relname = 'later' and indisvalid`),
    ).toEqual(text.includes('index') ? [{ made: 0 }, { made: 1 }] : [{ made: 1 }, { made: 0 }])
  })
})

describe('a store on a database that is not fit', () => {
  it('is not opened where nothing was migrated', async () => {
    expect(await openStoreOn(await empty())).toStrictEqual(E.left({ _tag: 'NotMigrated' }))
  })

  it('is not opened where the queue is missing', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    await database.asOwner('drop schema pgboss cascade')

    expect(await openStoreOn(database.appUrl)).toStrictEqual(E.left({ _tag: 'NotMigrated' }))
  })

  it('is not opened for a role that was not let in, or where there is no such database', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    const nowhere = new URL(database.appUrl)
    nowhere.pathname = '/nowhere'
    await database.asOwner(`revoke lethe_app from ${new URL(database.appUrl).username}`)

    expect(await openStoreOn(nowhere.href)).toStrictEqual(E.left({ _tag: 'Unreachable', code: '3D000' }))
    expect(await openStoreOn(database.appUrl)).toStrictEqual(E.left({ _tag: 'Unreachable', code: '42501' }))
  })

  it.each(['0008_clocks-are-held', '0003_batches'])(
    'is not opened where %s alone is missing, nor is one ready that was open',
    async name => {
      const database = await migratedDatabase()
      dropping.push(database.drop)
      const store = rightOf(await openStoreOn(database.appUrl))
      dropping.push(store.close)
      expect(await store.notReady()).toBe(null)
      await database.asOwner(`delete from lethe.migration where name = '${name}'`)

      expect(await openStoreOn(database.appUrl)).toStrictEqual(E.left({ _tag: 'NotMigrated' }))
      expect(await store.notReady()).toBe('schema')
    },
  )

  it('is opened, and ready, where a later version has migrated further', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    await database.asOwner(`insert into lethe.migration (name, run_on) values ('9999_later', now())`)
    const store = rightOf(await openStoreOn(database.appUrl))
    dropping.push(store.close)

    expect(await store.notReady()).toBe(null)
  })

  it('is not ready once the schema is lost, or the right to it', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    const defects: Array<unknown> = []
    const store = rightOf(await openStoreOn(database.appUrl, { onDefect: defect => defects.push(defect) }))
    dropping.push(store.close)

    await database.asOwner('revoke select on lethe.migration from lethe_app')
    expect(await store.notReady()).toBe('database')
    expect(defects).toMatchObject([{ code: '42501' }])
    await database.asOwner('drop schema lethe cascade')
    expect(await store.notReady()).toBe('schema')
    expect(defects).toHaveLength(1)
  })

  it('is not opened where the queue is at another version', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    await database.asOwner('update pgboss.version set version = version - 1')

    expect(await openStoreOn(database.appUrl)).toStrictEqual(E.left({ _tag: 'NotMigrated' }))
  })

  it('is not opened for a role that row-level security does not hold', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)

    expect(await openStoreOn(database.ownerUrl)).toStrictEqual(E.left({ _tag: 'TooPowerful' }))
  })

  it('is not opened where the database cannot be reached, or lets nobody in', async () => {
    const database = await migratedDatabase()
    dropping.push(database.drop)
    const wrong = new URL(database.appUrl)
    wrong.password = 'wrong'

    expect(await openStoreOn('postgres://nobody:x@127.0.0.1:1/nothing')).toStrictEqual(
      E.left({ _tag: 'Unreachable', code: 'ECONNREFUSED' }),
    )
    expect(await openStoreOn(wrong.href)).toStrictEqual(E.left({ _tag: 'Unreachable', code: '28P01' }))
  })
})
