import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Digest, systemClock } from '@lethe/adapter-system'
import { automatic, rightOf, submissionOf, succeed } from '@lethe/application/testing'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, inject, it, vi } from 'vitest'
import { connectionTo } from '../src/connection.js'
import { migrate, type OnProblem } from '../src/index.js'
import { openPool } from '../src/pool.js'
import { tenantTransactions, untenanted } from '../src/tenant-transactions.js'
import { emptyDatabase, migratedDatabase, runIn } from './making/database.js'
import { freshIds } from './making/fresh-ids.js'
import { proxyTo } from './making/proxy.js'
import { openStoreOn } from './making/store.js'

const make = { ids: freshIds, digest: sha256Digest, clock: systemClock }
const cleaning: Array<() => Promise<unknown>> = []
afterAll(async () => {
  for (const clean of cleaning.toReversed()) await clean()
})

const database = async () => {
  const made = await migratedDatabase()
  cleaning.push(made.drop)
  return made
}

const proxy = async (url: string) => {
  const made = await proxyTo(url)
  cleaning.push(made.close)
  return made
}

/** Keeps what a store says of outages. */
const listening = () => {
  const problems: Array<Parameters<OnProblem>[0]> = []
  const onProblem: OnProblem = problem => {
    problems.push(problem)
  }
  return { problems, onProblem }
}

/** All that a pooler takes without being told to. Source: PgBouncer, ignore_startup_parameters. */
const standard = ['user', 'database', 'client_encoding', 'application_name']

const openGate = { admit: () => undefined, answered: () => undefined }

describe('a connection', () => {
  it('is started with nothing that a pooler refuses, whatever it is for', async () => {
    const { url, drop } = await emptyDatabase()
    cleaning.push(drop)
    const owner = await proxy(url)
    rightOf(await migrate(owner.url))
    const { appUrl } = await database()
    const app = await proxy(appUrl)
    const store = rightOf(await openStoreOn(app.url, { supervise: true }))
    const tenantId = freshIds.tenantId()
    await succeed(store.removalRequests.submit(submissionOf(make, { tenantId, policy: automatic })))
    await succeed(store.jobs.receive(1))
    await store.close()

    const started = [...owner.startups, ...app.startups]
    expect(new Set(started.map(({ application_name: name }) => name))).toEqual(
      new Set(['lethe-migrate', 'test', 'test queue', 'test watch']),
    )
    for (const parameters of started)
      expect(Object.keys(parameters).filter(name => !standard.includes(name))).toEqual([])
  })

  it('has its limits of time in each transaction, and none beyond it', async () => {
    const { appUrl } = await database()
    const { pool, close } = openPool(
      {
        connection: rightOf(connectionTo({ url: appUrl, passwordFile: null })),
        connections: 1,
        applicationName: 'test',
      },
      () => undefined,
    )
    cleaning.push(close)
    const limits = {
      text: `select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`,
      values: [],
    }
    const usual = [{ statement: '10s', idle: '12s' }]

    expect(await tenantTransactions(pool, openGate, false).once(freshIds.tenantId(), limits)).toEqual(usual)
    expect(
      await tenantTransactions(pool, openGate, false).through(freshIds.tenantId(), run => run(limits)),
    ).toEqual(usual)
    expect((await untenanted(pool, 60_000)(limits)).rows).toEqual([{ statement: '1min', idle: '12s' }])
    // As pg-boss writes its transactions.
    expect(
      await untenanted(
        pool,
        60_000,
      )({
        text: `\n BEGIN;\n SET LOCAL lock_timeout = 30000;\n ${limits.text};\n COMMIT;`,
        values: [],
      }),
    ).toContainEqual(expect.objectContaining({ rows: [{ statement: '1min', idle: '12s' }] }))
    expect((await pool.query(limits.text)).rows).toEqual([{ statement: '0', idle: '0' }])
    await expect(untenanted(pool, 50)({ text: 'select pg_sleep(60)', values: [] })).rejects.toMatchObject({
      code: '57014',
    })
    await expect(
      untenanted(pool, 50)({ text: ' begin; select pg_sleep(60); commit', values: [] }),
    ).rejects.toMatchObject({ code: '57014' })
  })

  it('on which no answer came is closed, and another one takes its place', async () => {
    const { appUrl } = await database()
    const slow = await proxy(appUrl)
    const { pool, close } = openPool(
      {
        connection: rightOf(connectionTo({ url: slow.url, passwordFile: null })),
        connections: 1,
        applicationName: 'test',
        statementMilliseconds: 1,
      },
      () => undefined,
    )
    cleaning.push(close)
    const answer = { text: 'select 1 as one', values: [] }
    const transactions = tenantTransactions(pool, openGate, false)
    await transactions.once(freshIds.tenantId(), answer)
    slow.hold()

    await expect(transactions.once(freshIds.tenantId(), answer)).rejects.toThrow('Query read timeout')

    await expect.poll(slow.clients).toBe(0)
    expect(await transactions.once(freshIds.tenantId(), answer)).toEqual([{ one: 1 }])
    expect(slow.startups).toHaveLength(2)
  })

  it('that breaks while the queue is started leaves no timer, which would keep the process from its end', async () => {
    const { appUrl, asOwner } = await database()
    await asOwner('alter table pgboss.queue rename to gone')
    const begun = vi.spyOn(globalThis, 'setInterval')
    const ended = vi.spyOn(globalThis, 'clearInterval')
    try {
      const opened = await openStoreOn(appUrl)
      expect(opened).toEqual(E.left({ _tag: 'Unreachable', code: '42P01' }))
      const timers = begun.mock.results.flatMap(({ value }: { readonly value: unknown }) => [value])
      expect(timers).not.toEqual([])
      expect(timers.filter(timer => !ended.mock.calls.some(([cleared]) => cleared === timer))).toEqual([])
    } finally {
      begun.mockRestore()
      ended.mockRestore()
    }
  })

  it('to a server that only reads is left for another one', async () => {
    const { appUrl } = await database()
    const name = new URL(appUrl).pathname.slice(1)
    const { problems, onProblem } = listening()
    await runIn(inject('serverUrl'), `alter database ${name} set default_transaction_read_only = on`)
    const store = rightOf(await openStoreOn(appUrl, { connections: 1, onProblem }))
    cleaning.push(store.close)
    expect(await store.notReady()).toBe('standby')
    await runIn(inject('serverUrl'), `alter database ${name} reset default_transaction_read_only`)
    const tenantId = freshIds.tenantId()

    await expect.poll(store.notReady).toBe(null)

    // The connection of requests may still be the old one: it is left after its first failure.
    await expect
      .poll(async () => (await store.removalRequests.submit(submissionOf(make, { tenantId }))())._tag)
      .toBe('Right')
    expect(problems[0]).toEqual({ code: 'standby', operation: 'ready' })
    expect(problems.slice(1).filter(({ code }) => code !== '25006')).toEqual([])
  })
})

describe('a password in a file', () => {
  /** The same database by a URL without the password, and a file that has it. */
  const filed = async (url: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'lethe-password-'))
    cleaning.push(() => rm(folder, { recursive: true }))
    const file = join(folder, 'password')
    const bare = new URL(url)
    const { password } = bare
    bare.password = ''
    await writeFile(file, `${password}\n`)
    return { file, url: bare.href, password, role: bare.username }
  }

  it('is read for each new connection', async () => {
    const { appUrl, asOwner } = await database()
    const { file, url, role } = await filed(appUrl)
    const { problems, onProblem } = listening()
    const store = rightOf(await openStoreOn(url, { connections: 1, passwordFile: file, onProblem }))
    cleaning.push(store.close)
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`
    await asOwner(`alter role ${role} password 'another one'`)

    await asOwner(cut)
    await expect.poll(async () => (await store.notReady()) === null || problems.at(-1)?.code).toBe('28P01')
    await writeFile(file, '')
    await expect
      .poll(async () => (await store.notReady()) === null || problems.at(-1)?.code)
      .toBe('passwordEmpty')
    await rm(file)
    await expect
      .poll(async () => (await store.notReady()) === null || problems.at(-1)?.code)
      .toBe('passwordUnreadable')
    await writeFile(file, 'another one')

    await expect.poll(store.notReady).toBe(null)
  })

  it('that cannot be read is refused at the start, and leaves no connection open', async () => {
    const { appUrl } = await database()
    const { file, url } = await filed(appUrl)
    await rm(file)
    const through = await proxy(url)
    const { pool, close } = openPool(
      {
        connection: rightOf(connectionTo({ url: through.url, passwordFile: file })),
        connections: 1,
        applicationName: 'test',
      },
      () => undefined,
    )
    cleaning.push(close)

    expect(await openStoreOn(through.url, { connections: 1, passwordFile: file })).toStrictEqual(
      E.left({ _tag: 'NoPassword', code: 'passwordUnreadable' }),
    )
    await expect(pool.query('select 1')).rejects.toMatchObject({ code: 'passwordUnreadable' })

    expect(through.startups).toHaveLength(2)
    await expect.poll(through.clients).toBe(0)
  })

  it('is what the owner may migrate with', async () => {
    const { url: ownerUrl, drop } = await emptyDatabase()
    cleaning.push(drop)
    const { file, url } = await filed(ownerUrl)

    expect(rightOf(await migrate(url, undefined, { passwordFile: file })).migrations).toContain(
      '0001_removal-requests',
    )
    await writeFile(file, '')
    expect(await migrate(url, undefined, { passwordFile: file })).toStrictEqual(
      E.left({ _tag: 'NoPassword', code: 'passwordEmpty' }),
    )
  })
})
