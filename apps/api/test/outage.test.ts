import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, errorOf, rowOf } from './making/answer.js'
import { killChildren } from './making/child.js'
import { migratedDatabase, type TestDatabase } from './making/database.js'
import { openIssuer } from './making/issuer.js'
import { linesIn } from './making/log-lines.js'
import { type OwnServer, removeOwnServers, startOwnServer } from './making/own-server.js'
import { crowd } from './making/places.js'
import { writeProfiles } from './making/profiles-file.js'
import { historyIn, locationIn, removePath, requestIn, requestsPath } from './making/requests.js'
import { unavailable } from './making/rows.js'
import { durableEnvironment, type Running, startRole } from './making/running.js'

const leaseSeconds = 10
const issuer = await openIssuer()
const folder = await mkdtemp(join(tmpdir(), 'lethe-outage-'))
const people = crowd(180)
let server: OwnServer
let database: TestDatabase
let api: Running
let worker: Running
beforeAll(async () => {
  server = await startOwnServer()
  database = await migratedDatabase(server.superuserUrl, leaseSeconds)
  const profiles = join(folder, 'profiles.json')
  await writeProfiles(profiles, people)
  const environment = durableEnvironment(issuer, database, {
    LETHE_PROFILES_FILE: profiles,
    LETHE_LEASE_SECONDS: String(leaseSeconds),
  })
  api = await startRole(issuer, 'api', environment)
  worker = await startRole(issuer, 'worker', environment)
})
afterAll(async () => {
  killChildren()
  await issuer.close()
  await removeOwnServers()
  await rm(folder, { recursive: true })
})

const health = async (probe: 'live' | 'ready'): Promise<number> =>
  (await api.ask('GET', `/healthz/${probe}`)).status

const read = (path: string): Promise<Answer> => api.ask('GET', path, { as: 'megan' })

const submitAll = (ofPeople: typeof people): ReadonlyArray<Promise<Answer>> =>
  ofPeople.map(({ userId }) => api.ask('POST', removePath(userId), { as: 'lena' }))

const statusesOf = (answers: ReadonlyArray<Answer>): ReadonlySet<number> =>
  new Set(answers.map(({ status }) => status))

const expectCompleted = async (answers: ReadonlyArray<Answer>): Promise<void> => {
  for (const path of answers.map(locationIn)) {
    await expect.poll(async () => requestIn(await read(path)).state).toBe('completed')
    expect(historyIn(await read(`${path}/history`)).intact).toBe(true)
  }
}

/** Everything that a line of the log may hold in an outage, beside its level, time and message. */
const allowed: Readonly<Record<string, ReadonlyArray<string>>> = {
  listening: ['role', 'port', 'healthPort', 'contract', 'tenants'],
  working: ['role', 'port', 'healthPort', 'contract', 'tenants'],
  request: [
    'requestId',
    'clientRequestId',
    'method',
    'route',
    'status',
    'milliseconds',
    'tenantId',
    'callerKind',
    'refusedFor',
  ],
  'database unavailable': ['code', 'operation'],
  'job put off: unavailable': ['job', 'tenantId', 'requestId', 'deliveries'],
  'job left to the end of its lease: unavailable': [
    'job',
    'tenantId',
    'requestId',
    'deliveries',
    'operation',
  ],
  'worker waits: unavailable': ['operation'],
  'jobs not renewed: unavailable': ['jobs'],
  'sweep put off: unavailable': ['tenantId', 'operations'],
  stopping: [],
  stopped: [],
}

const expectCodesAlone = (said: string): void => {
  const lines = linesIn(said)
  for (const { level, msg, time: _time, ...details } of lines) {
    expect(['info', 'warn']).toContain(level)
    expect(Object.keys(details).filter(name => allowed[msg]?.includes(name) !== true)).toEqual([])
  }
  const problems = lines.filter(({ msg }) => msg === 'database unavailable')
  expect(problems.length).toBeGreaterThan(0)
  for (const { code, operation } of problems) {
    expect(code).toEqual(expect.stringMatching(/^\w{1,20}$/))
    expect(operation).toEqual(expect.stringMatching(/^[a-z-]{1,20}$/))
  }
  const { username, password, pathname } = new URL(database.appUrl)
  for (const secret of [username, password, pathname.slice(1)]) expect(said).not.toContain(secret)
}

/** Lets the database go and come back while processes are at work on it; gives what was acknowledged. */
const outage = async (
  end: 'stop' | 'kill' | 'freeze',
  own: typeof people,
): Promise<ReadonlyArray<Answer>> => {
  const before = await Promise.all(submitAll(own.slice(0, 20)))
  expect(statusesOf(before)).toEqual(new Set([204]))
  const during = submitAll(own.slice(20, 50))
  await Promise.race(during)
  await server[end]()
  const acknowledged = [...before, ...(await Promise.all(during))].filter(({ status }) => status !== 503)
  expect(statusesOf(acknowledged)).toEqual(new Set([204]))
  expect(acknowledged.length).toBeGreaterThan(before.length)

  // One that hangs is known to be gone after a moment; from then on nobody waits for it.
  await expect.poll(() => health('ready')).toBe(503)
  const [first = ''] = before.map(locationIn)
  const refused = await Promise.all([
    ...submitAll(own.slice(50)),
    read(requestsPath),
    read(first),
    read(`${first}/history`),
    api.ask('POST', `${first}/approve`, { as: 'megan' }),
  ])
  for (const answer of refused) {
    expect(rowOf(answer)).toEqual(unavailable)
    expect(answer.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
    expect(errorOf(answer).innerError['request-id']).toBe(answer.headers.get('request-id'))
  }
  expect([await health('ready'), await health('live')]).toEqual([503, 200])

  await server.startAgain()

  await expect.poll(() => health('ready')).toBe(200)
  for (const path of acknowledged.map(locationIn))
    await expect.poll(async () => (await read(path)).status).toBe(200)
  const later = await Promise.all(submitAll(own.slice(50)))
  expect(statusesOf(later)).toEqual(new Set([204]))
  await expectCompleted(later)
  return acknowledged
}

test('a database that goes, or hangs, is unavailable, ends no process, and is used again when it is back', async () => {
  const stopped = await outage('stop', people.slice(0, 60))
  const killed = await outage('kill', people.slice(60, 120))
  const frozen = await outage('freeze', people.slice(120))
  // What the worker held meanwhile is delivered again once its lease has run out.
  await expectCompleted([...stopped, ...killed, ...frozen])
  for (const { process, said } of [api, worker]) {
    expect([process.exitCode, process.signalCode]).toEqual([null, null])
    expectCodesAlone(said())
  }
})

test('processes end with 0 on SIGTERM also while the database is gone', async () => {
  await server.stop()
  for (const { process, ended, said } of [api, worker]) {
    process.kill('SIGTERM')
    expect([await ended, said()]).toEqual([0, expect.any(String)])
    expect(said()).toContain('"msg":"stopped"')
    expectCodesAlone(said())
  }
})
