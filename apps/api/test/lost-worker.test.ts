import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killChildren } from './making/child.js'
import { dropDatabases, migratedDatabase, type TestDatabase } from './making/database.js'
import { expectDoneOnce } from './making/histories.js'
import { openIssuer } from './making/issuer.js'
import { type Jobs, jobsOf } from './making/jobs.js'
import { crowd, upTo } from './making/places.js'
import { writeProfiles } from './making/profiles-file.js'
import { historyIn, requestsPath, submit } from './making/requests.js'
import { durableEnvironment, type Running, startRole } from './making/running.js'

const leaseSeconds = 10
const issuer = await openIssuer()
const folder = await mkdtemp(join(tmpdir(), 'lethe-lost-worker-'))
/** More than are submitted until both workers were caught at work. */
const people = crowd(5000)
let database: TestDatabase
beforeAll(async () => {
  database = await migratedDatabase(undefined, leaseSeconds)
  await writeProfiles(join(folder, 'profiles.json'), people)
})
afterAll(async () => {
  killChildren()
  await issuer.close()
  await dropDatabases()
  await rm(folder, { recursive: true })
})

/** Each process has a holder of its own. Those of the workers have nothing, so that it does not matter which one is asked. */
const start = (role: 'api' | 'worker', concurrency = 64): Promise<Running> =>
  startRole(
    issuer,
    role,
    durableEnvironment(issuer, database, {
      LETHE_PROFILES_FILE: role === 'api' ? join(folder, 'profiles.json') : '',
      LETHE_LEASE_SECONDS: String(leaseSeconds),
      LETHE_WORKER_CONCURRENCY: String(concurrency),
    }),
  )

const jobsIn = (state: string): Promise<number> => database.count(`pgboss.job where state = '${state}'`)

/** A worker is suspended while it holds jobs: such a moment is short, so more is submitted until there was one. */
const often = { interval: 5 }

/**
 * Suspends workers, all at the same time, at some moment at which each of them holds jobs. No lease of one runs out while another
 * works on.
 *
 * @param each how many jobs one of them holds at most.
 * @returns how many they hold.
 */
const suspendAtWork = async (workers: ReadonlyArray<Running>, each: number): Promise<number> => {
  const some = (await jobsIn('completed')) + randomInt(1, 20)
  await expect.poll(() => jobsIn('completed'), often).toBeGreaterThan(some)
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    for (const { process } of workers) process.kill(name)
  }
  const suspended = async (): Promise<number> => {
    signal('SIGSTOP')
    // What they have asked the database for is still done.
    await expect.poll(() => database.count(busy), often).toBe(0)
    const held = await jobsIn('active')
    if (held <= (workers.length - 1) * each) signal('SIGCONT')
    return held
  }
  let held = 0
  await expect
    .poll(async () => {
      held = await suspended()
      return held
    }, often)
    .toBeGreaterThan((workers.length - 1) * each)
  return held
}

const busy = `pg_stat_activity where application_name like 'lethe worker%' and state = 'active'`

test('what a worker held that is killed, or suspended past its lease, another one finishes, and nothing is recorded twice', async () => {
  const api = await start('api')
  const concurrency = 2
  const killed = await start('worker', concurrency)
  const suspended = await start('worker', concurrency)
  const paths: string[] = []
  let isEnough = false
  const waiting = people.values()
  const submitting = Promise.all(
    upTo(8).map(async () => {
      for (const { userId } of waiting) {
        paths.push(await submit(api.ask, 'lena', userId))
        if (isEnough) return
      }
    }),
  )
  const held = await suspendAtWork([killed, suspended], concurrency)
  isEnough = true
  killed.process.kill('SIGKILL')
  expect(await killed.ended).toBe(null)

  const last = await start('worker')
  await submitting
  // A request may have been completed and its job not: that one is delivered again as well.
  for (const left of [
    `lethe.removal_request where state <> 'completed'`,
    `pgboss.job where state <> 'completed'`,
  ])
    await expect.poll(() => database.count(left)).toBe(0)

  // It comes back to jobs that are no longer its own.
  suspended.process.kill('SIGCONT')
  for (const { process, ended, said } of [suspended, last]) {
    process.kill('SIGTERM')
    expect([await ended, said()]).toEqual([0, expect.any(String)])
  }

  for (const path of paths)
    expectDoneOnce(historyIn(await api.ask('GET', `${path}/history`, { as: 'megan' })))
  const jobs = await jobsOf(
    database,
    paths.map(path => path.slice(requestsPath.length + 1)),
  )
  expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['completed']))
  expect([total(jobs), jobs.reduce((sum, one) => sum + one.requests, 0)]).toEqual([
    paths.length,
    paths.length,
  ])
  const redelivered = total(jobs.filter(one => one.retry_count > 0))
  expect(redelivered).toBeGreaterThan(0)
  expect(redelivered).toBeLessThanOrEqual(held)
})

const total = (rows: ReadonlyArray<Jobs>): number => rows.reduce((sum, { jobs }) => sum + jobs, 0)
