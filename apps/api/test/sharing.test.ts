import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RemovalRequestResource } from '@lethe/api-contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { killChildren } from './making/child.js'
import { dropDatabases, migratedDatabase, type TestDatabase } from './making/database.js'
import { present } from './making/decoded.js'
import type { Environment } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { expectDoneOnce } from './making/histories.js'
import { jobsOf } from './making/jobs.js'
import { crowd } from './making/places.js'
import { writeProfiles } from './making/profiles-file.js'
import { historyIn, pageIn, pathOf, requestIn, requestsPath, submit } from './making/requests.js'
import { durableEnvironment, type Running, startRole } from './making/running.js'

const issuer = await openIssuer()
const folder = await mkdtemp(join(tmpdir(), 'lethe-sharing-'))
const everybody = join(folder, 'everybody.json')
const people = crowd(120)
let database: TestDatabase
let apis: readonly [Running, Running]
beforeAll(async () => {
  database = await migratedDatabase()
  await writeProfiles(everybody, people)
  apis = [await start('api'), await start('api')]
})
afterAll(async () => {
  killChildren()
  await issuer.close()
  await dropDatabases()
  await rm(folder, { recursive: true })
})

const start = (role: 'api' | 'worker', changes: Environment = {}): Promise<Running> =>
  startRole(
    issuer,
    role,
    durableEnvironment(issuer, database, { LETHE_PROFILES_FILE: everybody, ...changes }),
  )

const idIn = (path: string): string => path.slice(requestsPath.length + 1)

/** All requests, a page from the one and the next from the other. */
const listed = async (from: Running, then: Running): Promise<ReadonlyArray<RemovalRequestResource>> => {
  const all: Array<RemovalRequestResource> = []
  let path: string | null = `${requestsPath}?$top=70`
  let [now, next] = [from, then]
  while (path !== null) {
    const page = pageIn(await now.ask('GET', path, { as: 'megan' }))
    all.push(...page.value)
    path = page['@odata.nextLink'] === undefined ? null : pathOf(page['@odata.nextLink'])
    ;[now, next] = [next, now]
  }
  return all
}

describe('two APIs on one database', () => {
  test('see at once what was submitted through the other', async () => {
    const [one, other] = apis
    for (const [index, { userId }] of people.slice(0, 10).entries()) {
      const [through, seenBy] = index % 2 === 0 ? [one, other] : [other, one]
      const path = await submit(through.ask, 'lena', userId)
      expect(requestIn(await seenBy.ask('GET', path, { as: 'megan' }))).toMatchObject({
        userId,
        state: 'approved',
      })
      const found = pageIn(await seenBy.ask('GET', `${requestsPath}?userId=${userId}`, { as: 'megan' }))
      expect(found.value.map(({ id }) => id)).toEqual([idIn(path)])
    }
  })

  test('make one request for a person, however many ask through both at the same time', async () => {
    const ofPeople = people.slice(10, 20)
    const asked = await Promise.all(
      [...ofPeople, ...ofPeople].flatMap(({ userId }) =>
        apis.map(async ({ ask }) => [userId, await submit(ask, 'lena', userId)] as const),
      ),
    )
    expect(new Set(asked.map(([, path]) => path)).size).toBe(10)
    expect(new Set(asked.map(pair => pair.join())).size).toBe(10)
    const [one, other] = apis
    for (const { userId } of ofPeople)
      expect(
        pageIn(await one.ask('GET', `${requestsPath}?userId=${userId}`, { as: 'megan' })).value,
      ).toHaveLength(1)
    expect(await listed(other, one)).toEqual(await listed(one, other))
  })
})

describe('two APIs and two workers on one database', () => {
  test('share the work, and nothing is done twice', async () => {
    const nobody = join(folder, 'nobody.json')
    await writeProfiles(nobody, [])
    // Each has a holder of its own. What a holder answered tells which worker asked it: only the first has the profiles.
    const slow = { LETHE_WORKER_CONCURRENCY: '4' }
    await Promise.all([start('worker', slow), start('worker', { ...slow, LETHE_PROFILES_FILE: nobody })])

    const paths = await Promise.all(
      people.slice(20).map(({ userId }, index) => submit(present(apis[index % 2]).ask, 'lena', userId)),
    )
    const ids = paths.map(idIn)
    expect(new Set(ids).size).toBe(100)

    await expect.poll(() => database.count(`lethe.removal_request where state <> 'completed'`)).toBe(0)

    const histories = await Promise.all(
      paths.map(async (path, index) =>
        historyIn(await present(apis[index % 2]).ask('GET', `${path}/history`, { as: 'megan' })),
      ),
    )
    for (const history of histories) expectDoneOnce(history)
    const results = histories.map(({ value }) => value[3]?.envelope.data['result'])
    const byFirst = results.filter(result => result === 'removed').length
    const bySecond = results.filter(result => result === 'absent').length
    expect(byFirst + bySecond).toBe(100)
    expect(byFirst).toBeGreaterThan(0)
    expect(bySecond).toBeGreaterThan(0)

    await expect
      .poll(() => jobsOf(database, ids))
      .toEqual([{ state: 'completed', retry_count: 0, jobs: 100, requests: 100 }])
    const [one, other] = apis
    const all = await listed(one, other)
    expect(all.filter(({ id, state }) => ids.includes(id) && state === 'completed')).toHaveLength(100)
    expect(await listed(other, one)).toEqual(all)
  })
})
