import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StatusResource } from '@lethe/api-contract'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { decodeConfig } from '../src/config.js'
import { createLog } from '../src/log.js'
import { openStore } from '../src/open-store.js'
import { killChildren, startChild } from './making/child.js'
import { jsonOf } from './making/answer.js'
import { decoded, rightOf } from './making/decoded.js'
import { dropDatabases, emptyDatabase, migratedDatabase, type TestDatabase } from './making/database.js'
import type { Environment } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol, contoso, upTo } from './making/places.js'
import { writeProfiles } from './making/profiles-file.js'
import { profilesPath, requestIn, requestsPath, submit } from './making/requests.js'
import { durableEnvironment, startRole } from './making/running.js'

const issuer = await openIssuer()
const folder = await mkdtemp(join(tmpdir(), 'lethe-roles-'))
const profiles = join(folder, 'profiles.json')
let database: TestDatabase
beforeAll(async () => {
  database = await migratedDatabase()
  await writeProfiles(profiles, [bob, carol])
})
afterEach(killChildren)
afterAll(async () => {
  await issuer.close()
  await dropDatabases()
  await rm(folder, { recursive: true })
})

const environment = (changes: Environment = {}): Environment =>
  durableEnvironment(issuer, database, { LETHE_PROFILES_FILE: profiles, ...changes })

const Connected = t.type({ application_name: t.string, connections: t.number })

/** How many connections there are from processes of Lethe, by their names. */
const connections = async (): Promise<ReadonlyMap<string, number>> => {
  const rows = await database.rowsOf(
    Connected,
    `select application_name, count(*)::int as connections from pg_stat_activity
     where datname = current_database() and application_name like 'lethe%' group by 1`,
  )
  return new Map(rows.map(row => [row.application_name, row.connections]))
}

describe('on a database that is not fit', () => {
  test('a process says so in one line and ends with 1', async () => {
    const { ownerUrl } = await emptyDatabase()
    const child = startChild(environment({ LETHE_DATABASE_URL: ownerUrl }), ['--role', 'both'])
    expect(await child.ended).toBe(1)
    expect(child.said()).toBe(
      'lethe-api cannot start:\nLETHE_DATABASE_URL: expected a database that `lethe-api migrate` of this version was run on\n',
    )
  })

  const refusedOn = async (databaseUrl: string): Promise<unknown> => {
    const config = rightOf(decodeConfig(environment({ LETHE_DATABASE_URL: databaseUrl })))
    return openStore(config, 'both', createLog('silent'))
  }
  const refused = (expected: string) =>
    E.left({ _tag: 'BadConfig', mistakes: [`LETHE_DATABASE_URL: expected a ${expected}`] })

  test('one that cannot be reached is refused', async () => {
    expect(await refusedOn('postgres://lethe:hunter2@127.0.0.1:1/lethe')).toEqual(
      refused('database that can be reached, and lets this role in (ECONNREFUSED)'),
    )
  })

  test('one that lets nobody in is refused', async () => {
    const url = new URL(database.appUrl)
    url.password = 'hunter2'
    expect(await refusedOn(url.href)).toEqual(
      refused('database that can be reached, and lets this role in (28P01)'),
    )
  })

  test('the superuser, whom row-level security does not hold, is refused', async () => {
    expect(await refusedOn(database.ownerUrl)).toEqual(
      refused('role that owns nothing (a member of lethe_app), for row-level security to hold'),
    )
  })
})

describe('the roles', () => {
  test('api serves and works nothing off; worker works, and listens on nothing', async () => {
    const api = await startRole(issuer, 'api', environment())
    expect(api.said()).toContain('"role":"api"')
    const path = await submit(api.ask, 'lena', bob.userId)
    const second = await submit(api.ask, 'lena', carol.userId)
    for (const waiting of [path, second])
      expect(requestIn(await api.ask('GET', waiting, { as: 'megan' })).state).toBe('approved')

    // Where something listens already, nobody else can.
    const other = createServer()
    await new Promise<void>(resolve => {
      other.listen(0, '127.0.0.1', resolve)
    })
    const address = other.address()
    const taken = typeof address === 'object' && address !== null ? address.port : 0
    try {
      const worker = await startRole(issuer, 'worker', environment({ LETHE_PORT: String(taken) }))
      expect(worker.said()).toMatch(/"role":"worker","port":null,.*"msg":"working"/)
      for (const done of [path, second])
        await expect
          .poll(async () => requestIn(await api.ask('GET', done, { as: 'megan' })).state)
          .toBe('completed')
      // Each process has a holder of its own: that of the API was asked for nothing.
      expect((await api.ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(200)
    } finally {
      other.close()
    }
  })

  test.each([
    ['api', ['lethe api']],
    ['worker', ['lethe worker', 'lethe worker queue']],
    ['both', ['lethe both', 'lethe both queue']],
  ] as const)('%s ends with 0 on SIGTERM, and leaves no connection', async (role, names) => {
    const running = await startRole(issuer, role, environment())
    const connected = async (): Promise<boolean> => {
      // An API that is not asked for anything lets go of its connections after a while.
      if (role !== 'worker') await running.ask('GET', '/healthz/ready')
      const present = await connections()
      return names.every(name => present.has(name))
    }
    await expect.poll(connected).toBe(true)
    running.process.kill('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(running.said()).toContain('"msg":"stopped"')
    await expect.poll(async () => [...(await connections())]).toEqual([])
  })

  test('worker answers probes where it has a port for them, and the API sees that it is there', async () => {
    const api = await startRole(issuer, 'api', environment())
    const unseenSeconds = async () =>
      decoded(StatusResource)(jsonOf(await api.ask('GET', '/lethe/v1/status', { as: 'megan' }))).worker
        .unseenSeconds
    const worker = await startRole(issuer, 'worker', environment({ LETHE_WORKER_HEALTH_PORT: '0' }))
    const port = /"healthPort":(\d+)/.exec(worker.said())?.[1] ?? ''
    const probe = async (path: string) => fetch(`http://127.0.0.1:${port}${path}`)

    expect(await (await probe('/healthz/live')).json()).toEqual({ status: 'live' })
    await expect.poll(async () => (await probe('/healthz/ready')).status).toBe(200)
    expect((await probe(requestsPath)).status).toBe(404)
    await expect.poll(unseenSeconds).toBeTypeOf('number')
    worker.process.kill('SIGTERM')
    expect(await worker.ended).toBe(0)
    await expect(probe('/healthz/live')).rejects.toThrow('fetch failed')
  })

  test.each([
    [{ LETHE_TENANT_CONCURRENCY: '512' }, true],
    [{}, false],
    [{ LETHE_TENANT_CONCURRENCY: '512', LETHE_TENANTS: contoso }, false],
  ])('a worker says that one of several tenants can fill it: %o', async (changes, says) => {
    const worker = await startRole(issuer, 'worker', environment(changes))
    expect(worker.said().includes('one tenant can fill this worker')).toBe(says)
  })

  test('open as many connections as they may, and no more', async () => {
    const api = await startRole(issuer, 'api', environment({ LETHE_DATABASE_CONNECTIONS: '3' }))
    const openAfterMany = async (): Promise<number> => {
      // Lists are not put together: each takes a connection.
      await Promise.all(upTo(40).map(() => api.ask('GET', requestsPath, { as: 'megan' })))
      return (await connections()).get('lethe api') ?? 0
    }
    await expect.poll(openAfterMany).toBe(3)
    expect((await connections()).get('lethe api queue') ?? 0).toBeLessThanOrEqual(2)
  })
})
