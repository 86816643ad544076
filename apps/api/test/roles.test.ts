import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as t from 'io-ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { killChildren, startChild } from './making/child.js'
import { dropDatabases, emptyDatabase, migratedDatabase, type TestDatabase } from './making/database.js'
import type { Environment } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { bob, carol, upTo } from './making/places.js'
import { writeProfiles } from './making/profiles-file.js'
import { profilesPath, requestIn, requestsPath, submit } from './making/requests.js'
import { durableEnvironment, patient, startRole } from './making/running.js'

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

describe('on a database that is not fit, a process says so in one line and ends with 1:', () => {
  const refusedOn = async (databaseUrl: string, role = 'both') => {
    const child = startChild(environment({ LETHE_DATABASE_URL: databaseUrl }), ['--role', role])
    return { code: await child.ended, said: child.said() }
  }

  test('one that nothing was migrated in', async () => {
    const { ownerUrl } = await emptyDatabase()
    expect(await refusedOn(ownerUrl)).toEqual({
      code: 1,
      said: 'lethe-api cannot start:\nLETHE_DATABASE_URL: expected a database that `lethe-api migrate` of this version was run on\n',
    })
  })

  test('one that cannot be reached', async () => {
    expect(await refusedOn('postgres://lethe:hunter2@127.0.0.1:1/lethe', 'worker')).toEqual({
      code: 1,
      said: 'lethe-api cannot start:\nLETHE_DATABASE_URL: expected a database that can be reached, and lets this role in (ECONNREFUSED)\n',
    })
  })

  test('one that lets nobody in', async () => {
    const url = new URL(database.appUrl)
    url.password = 'hunter2'
    expect(await refusedOn(url.href, 'api')).toEqual({
      code: 1,
      said: 'lethe-api cannot start:\nLETHE_DATABASE_URL: expected a database that can be reached, and lets this role in (28P01)\n',
    })
  })

  test('as the superuser, whom row-level security does not hold', async () => {
    expect(await refusedOn(database.ownerUrl)).toEqual({
      code: 1,
      said: 'lethe-api cannot start:\nLETHE_DATABASE_URL: expected a role that owns nothing (a member of lethe_app), for row-level security to hold\n',
    })
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
          .poll(async () => requestIn(await api.ask('GET', done, { as: 'megan' })).state, patient)
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
    await expect.poll(connected, patient).toBe(true)
    running.process.kill('SIGTERM')
    expect(await running.ended).toBe(0)
    expect(running.said()).toContain('"msg":"stopped"')
    await expect.poll(async () => [...(await connections())], patient).toEqual([])
  })

  test('open as many connections as they may, and no more', async () => {
    const api = await startRole(issuer, 'api', environment({ LETHE_DATABASE_CONNECTIONS: '3' }))
    const openAfterMany = async (): Promise<number> => {
      // Lists are not put together: each takes a connection.
      await Promise.all(upTo(40).map(() => api.ask('GET', requestsPath, { as: 'megan' })))
      return (await connections()).get('lethe api') ?? 0
    }
    await expect.poll(openAfterMany, patient).toBe(3)
    expect((await connections()).get('lethe api queue') ?? 0).toBeLessThanOrEqual(2)
  })
})
