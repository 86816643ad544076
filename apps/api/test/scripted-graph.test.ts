import { inMemoryStore } from '@lethe/adapter-memory'
import { sha256Digest, systemClock } from '@lethe/adapter-system'
import type { StorePorts } from '@lethe/application'
import { secondsBetween, type UserId } from '@lethe/domain'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { graphDataPlane } from '../src/graph-data-plane.js'
import * as t from 'io-ts'
import type { Logger } from 'pino'
import { errorOf, jsonOf, reasonOf } from './making/answer.js'
import { decoded } from './making/decoded.js'
import { openIssuer } from './making/issuer.js'
import { keepLog } from './making/log-lines.js'
import { bob, contoso, crowd, fabrikam } from './making/places.js'
import { historyIn, pathOf, profilesPath, removePath, requestIn, submit } from './making/requests.js'
import {
  collectionPath,
  graphError,
  scriptedGraph,
  type ScriptedGraph,
  type Scripted,
  type Seen,
} from './making/scripted-graph.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
})
afterEach(() => {
  vi.useRealTimers()
})
const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000)

const Page = t.intersection([
  t.type({ value: t.readonlyArray(t.type({ userId: t.string })) }),
  t.partial({ '@odata.nextLink': t.string }),
])

const said = (lines: ReadonlyArray<string>) => lines.map(text => decoded(t.UnknownRecord)(jsonOf({ text })))

const removed: Scripted = { status: 204 }
const gone = graphError(404, 'Request_ResourceNotFound')
const page = (value: ReadonlyArray<unknown>): Scripted => ({ status: 200, body: { value } })
const profileOf = (userId: string): Scripted => ({
  status: 200,
  body: { userId, homeTenantId: fabrikam, displayName: 'Bob', userPrincipalName: 'bob@fabrikam.example' },
})
const isRemoval = ({ method }: Seen): boolean => method === 'POST'
const isCollection = ({ path }: Seen): boolean => path === collectionPath

/** A Graph that has everybody until they are removed: what a script changes of it is what a test is about. */
const soundly = (removals: () => Scripted = () => removed) => {
  const left = new Set<string>()
  return (seen: Seen): Scripted => {
    if (isCollection(seen)) return page([])
    const userId = seen.path.split('/')[3] ?? ''
    if (!isRemoval(seen)) return left.has(userId) ? gone : profileOf(userId)
    const answer = removals()
    if (answer.status < 300) left.add(userId)
    return answer
  }
}

const planeOn = (graph: ScriptedGraph, store: StorePorts, log: Logger = keepLog().log) => {
  const data = graphDataPlane(graph.config, { kind: 'secret', secret: 'hunter2' }, store, log)
  onTestFinished(() => data.close?.())
  return { data }
}

/** Lethe, API and worker, over a scripted Graph. */
const open = async (environment: Readonly<Record<string, string>> = {}, store?: StorePorts) => {
  const graph = await scriptedGraph()
  const world = openWorld(issuer, {
    environment,
    ...(store === undefined ? {} : { store }),
    data: (ports, log) => planeOn(graph, ports, log).data,
  })
  const { ask } = world
  const show = async (path: string) => requestIn(await ask('GET', path, { as: 'megan' }))
  return {
    graph,
    ...world,
    show,
    status: async () => jsonOf(await ask('GET', '/lethe/v1/status', { as: 'megan' })),
    events: async (path: string) =>
      historyIn(await ask('GET', `${path}/history`, { as: 'megan' })).value.map(({ envelope }) => envelope),
    /** Asks, has it approved, and lets the worker do what is due. */
    remove: async (userId: UserId = bob.userId) => {
      const path = await submit(ask, 'lena', userId)
      await ask('POST', `${path}/approve`, { as: 'megan' })
      await world.work()
      return path
    },
    /** Lets the worker do what comes due in so many steps of so many seconds. */
    wait: async (steps: number, seconds: number) => {
      for (let step = 0; step < steps; step += 1) {
        pass(seconds)
        await world.work()
      }
    },
  }
}

describe('a profile without names (row 1)', () => {
  const nameless = (seen: Seen): Scripted =>
    isRemoval(seen)
      ? removed
      : isCollection(seen)
        ? page([{ userId: bob.userId, homeTenantId: fabrikam }])
        : { status: 200, body: { userId: bob.userId, homeTenantId: fabrikam, displayName: null } }

  test('is shown, listed and asked for, with null for each name', async () => {
    const { graph, ask, status } = await open()
    graph.answer = nameless
    const shown = { userId: bob.userId, homeTenantId: fabrikam, displayName: null, userPrincipalName: null }

    expect(jsonOf(await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' }))).toMatchObject(shown)
    expect(jsonOf(await ask('GET', profilesPath, { as: 'megan' }))).toMatchObject({ value: [shown] })
    expect((await ask('POST', removePath(bob.userId), { as: 'lena' })).status).toBe(204)
    expect(await status()).toMatchObject({ graph: { state: 'closed' } })
  })

  test('that is left after a removal is a husk, and still there', async () => {
    const { graph, remove, wait, show } = await open({ LETHE_READ_BACK_LIMIT_SECONDS: '10' })
    graph.answer = nameless
    const path = await remove()
    await wait(6, 5)

    expect(await show(path)).toMatchObject({
      state: 'failed',
      failure: { reason: 'stillPresent', detail: 'husk' },
    })
  })

  test('keeps nobody else waiting, even where it has no id', async () => {
    const { graph, ask, status } = await open()
    graph.answer = seen =>
      isCollection(seen)
        ? page([{ displayName: 'Bob' }, profileOf(bob.userId).body])
        : { status: 200, body: {} }
    for (let number = 0; number < 12; number += 1)
      expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(503)

    expect(await status()).toMatchObject({ graph: { state: 'closed' } })
    expect(jsonOf(await ask('GET', profilesPath, { as: 'megan' }))).toMatchObject({
      value: [{ userId: bob.userId }],
    })
  })
})

test('one 401 costs a new token, and nobody learns of it (row 2)', async () => {
  const { graph, remove, show, events } = await open()
  const sound = soundly()
  const refused = new Set<string>()
  graph.answer = seen => {
    // Each operation is answered 401 for the first token that it comes with.
    const key = `${seen.method} ${seen.token}`
    if (seen.token !== 'token-1' || (seen.method === 'GET' && refused.size === 0)) return sound(seen)
    refused.add(key)
    return graphError(401, 'InvalidAuthenticationToken')
  }
  const path = await remove()

  expect(refused.size).toBeGreaterThan(0)
  expect(await show(path)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
  expect((await events(path)).map(({ type }) => type)).not.toContain('holderFailed')
})

describe('what everybody waits for (row 3)', () => {
  const people = crowd(4).map(({ userId }) => userId)

  test('a credential that is not taken blocks all, without a limit, until it is taken again', async () => {
    const { graph, ask, work, wait, show, status, logged } = await open({
      LETHE_ATTEMPT_LIMIT_SECONDS: '600',
    })
    const sound = soundly()
    graph.answer = sound
    const waiting = await Promise.all(people.map(userId => submit(ask, 'lena', userId)))
    graph.answer = () => graphError(401, 'InvalidAuthenticationToken')
    for (const path of waiting) await ask('POST', `${path}/approve`, { as: 'megan' })
    await work()

    for (const path of waiting)
      expect(await show(path)).toMatchObject({
        state: 'removing',
        holders: [{ blockedBy: 'credential', attempts: 0 }],
      })
    expect(await status()).toMatchObject({ graph: { blockedBy: 'credential' } })
    expect(jsonOf(await ask('GET', '/healthz/ready'))).toMatchObject({
      graph: { blockedBy: { credential: 1, permission: 0 } },
    })
    const calls = graph.seen.length
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(503)
    expect(graph.seen.length).toBe(calls)
    await wait(4, 400)
    for (const path of waiting) expect((await show(path)).state).toBe('removing')

    graph.answer = sound
    await wait(4, 300)

    for (const path of waiting) expect(await show(path)).toMatchObject({ state: 'completed' })
    expect(await status()).toMatchObject({ graph: { blockedBy: null } })
    expect(said(logged).filter(({ blockedBy }) => blockedBy !== undefined)).toMatchObject([
      { level: 50, blockedBy: 'credential' },
      { level: 30, blockedBy: 'credential' },
    ])
  })

  test('what a worker found shows in an API process, which asks neither Entra nor Graph for it', async () => {
    const store = inMemoryStore({ digest: sha256Digest, clock: systemClock })
    const { graph, remove } = await open({}, store)
    graph.answer = soundly()
    const { data } = planeOn(graph, store)
    expect(await data.healthOf?.(contoso)).toMatchObject({ state: 'closed', blockedBy: null })
    let refused = false
    const sound = soundly()
    graph.answer = seen => (isRemoval(seen) || refused ? graphError(401, 'x') : sound(seen))
    await remove()
    refused = true
    pass(3)
    const calls = graph.seen.length

    await expect
      .poll(async () => {
        pass(3)
        return data.healthOf?.(contoso)
      })
      .toMatchObject({ blockedBy: 'credential' })
    expect(await data.health?.([contoso])).toMatchObject({ blockedBy: { credential: 1, permission: 0 } })
    expect(await data.inboundProfiles.get(contoso, bob.userId)()).toMatchObject({
      left: { _tag: 'Unavailable', blockedBy: 'credential' },
    })
    expect(graph.seen.length).toBe(calls)
  })

  test.each([
    [401, 'credential', 'graphCredential'],
    [403, 'permission', 'graphPermission'],
  ] as const)(
    'a look-up that is answered %i tells the caller why, and status and ready',
    async (code, by, reason) => {
      const { graph, ask, status } = await open()
      graph.answer = () => graphError(code, 'x')
      const answer = await ask('GET', profilesPath, { as: 'megan' })

      expect([answer.status, reasonOf(answer).reason]).toEqual([503, reason])
      expect(await status()).toMatchObject({ graph: { blockedBy: by } })
      expect(jsonOf(await ask('GET', '/healthz/ready'))).toMatchObject({ graph: { blockedBy: { [by]: 1 } } })

      graph.answer = () => page([])
      pass(61)
      expect((await ask('GET', profilesPath, { as: 'megan' })).status).toBe(200)
      expect(await status()).toMatchObject({ graph: { blockedBy: null } })
    },
  )

  test('a permission that is gone blocks removals after three people, and nothing else', async () => {
    const { graph, ask, remove, wait, show, status } = await open()
    let permitted = false
    graph.answer = soundly(() => (permitted ? removed : graphError(403, 'Authorization_RequestDenied')))
    const paths = []
    for (const userId of people) paths.push(await remove(userId))
    const [first = '', second = '', ...others] = paths

    for (const path of [first, second])
      expect(await show(path)).toMatchObject({
        state: 'failed',
        failure: {
          reason: 'refused',
          detail: 'Authorization_RequestDenied',
          holderRequestId: 'the-answer-403',
        },
      })
    for (const path of others)
      expect(await show(path)).toMatchObject({ state: 'removing', holders: [{ blockedBy: 'permission' }] })
    expect(await status()).toMatchObject({ graph: { blockedBy: 'permission' } })
    expect(jsonOf(await ask('GET', '/healthz/ready'))).toMatchObject({
      graph: { blockedBy: { credential: 0, permission: 1 } },
    })
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(200)

    permitted = true
    await wait(4, 300)
    for (const path of others) expect(await show(path)).toMatchObject({ state: 'completed' })
  })

  test('one person who is refused while others are removed is their own affair', async () => {
    const { graph, remove, show, status } = await open()
    let refusals = 1
    graph.answer = soundly(() => {
      refusals -= 1
      return refusals >= 0 ? graphError(403, 'Authorization_RequestDenied') : removed
    })
    const [one = bob.userId, ...others] = people
    expect(await show(await remove(one))).toMatchObject({ state: 'failed', failure: { reason: 'refused' } })
    for (const userId of others)
      expect(await show(await remove(userId))).toMatchObject({ state: 'completed' })
    expect(await status()).toMatchObject({ graph: { blockedBy: null } })
  })
})

describe('a 404 (row 4)', () => {
  test('on the removal is settled by reading back, whatever its code: gone', async () => {
    const { graph, ask, work, show } = await open()
    const sound = soundly()
    graph.answer = sound
    const path = await submit(ask)
    graph.answer = seen => (isCollection(seen) ? page([]) : graphError(404, 'itemNotFound'))
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await work()

    expect(await show(path)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
  })

  test('on the removal of somebody who is there is a refusal, with its code', async () => {
    const { graph, remove, show } = await open()
    graph.answer = seen => (isRemoval(seen) ? graphError(404, 'itemNotFound') : profileOf(bob.userId))

    expect(await show(await remove())).toMatchObject({
      state: 'failed',
      failure: { reason: 'refused', detail: 'itemNotFound' },
    })
  })

  test('of a wrong address is never proof that somebody is gone', async () => {
    const { graph, ask, work, show } = await open()
    graph.answer = soundly()
    const path = await submit(ask)
    graph.answer = () => gone
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await work()

    expect(await show(path)).toMatchObject({ state: 'failed', failure: { reason: 'refused' } })
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })).status).toBe(503)
  })

  test("on a look-up is the caller's 404 where the collection answers", async () => {
    const { graph, ask } = await open()
    graph.answer = seen => (isCollection(seen) ? page([]) : graphError(404, 'SomethingNew'))
    const answer = await ask('GET', `${profilesPath}/${bob.userId}`, { as: 'megan' })
    expect([answer.status, errorOf(answer).code]).toEqual([404, 'Request_ResourceNotFound'])
  })
})

test.each([423, 425])('a %i is tried again, with back-off (row 5)', async status => {
  const { graph, remove, wait, show } = await open()
  let turns = 0
  graph.answer = soundly(() => {
    turns += 1
    return turns < 3 ? graphError(status, 'resourceLocked') : removed
  })
  const path = await remove()
  expect(await show(path)).toMatchObject({
    state: 'removing',
    holders: [{ attempts: 1, detail: 'resourceLocked' }],
  })
  await wait(3, 10)
  expect(await show(path)).toMatchObject({ state: 'completed', holders: [{ attempts: 3 }] })
})

test('somebody is gone when three looks in a minute have found nobody, and a replica that lags does not hide them (row 6)', async () => {
  const { graph, remove, wait, show, events } = await open({
    LETHE_ABSENCE_LOOKS: '3',
    LETHE_ABSENCE_SECONDS: '60',
  })
  const looks = ['gone', 'there', 'gone', 'gone', 'gone']
  let asked = 0
  graph.answer = seen => {
    if (isRemoval(seen)) return removed
    if (isCollection(seen)) return page([])
    const look = graph.seen.some(isRemoval) ? looks[asked] : 'there'
    if (graph.seen.some(isRemoval)) asked += 1
    return look === 'there' ? profileOf(bob.userId) : gone
  }
  const path = await remove()
  expect(await show(path)).toMatchObject({ state: 'verifying', holders: [{ state: 'cleared' }] })
  await wait(8, 31)

  expect(await show(path)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
  const history = await events(path)
  const seenIn = history.flatMap(({ type, at, data }) =>
    type === 'absenceSeen'
      ? [{ at, result: 'absent' }]
      : type === 'readBackRecorded'
        ? [{ at, result: data['result'] }]
        : [],
  )
  expect(seenIn.map(({ result }) => result)).toEqual(['absent', 'present', 'absent', 'absent', 'absent'])
  const [, , first, , last] = seenIn
  expect(
    secondsBetween(first?.at ?? systemClock.now(), last?.at ?? systemClock.now()),
  ).toBeGreaterThanOrEqual(60)
  expect(history.find(({ type }) => type === 'removalStarted')?.data).toMatchObject({
    absenceLooks: 3,
    absenceSeconds: 60,
  })
})

test('a link to the next page is followed, whatever its query, and costs nobody anything (row 7)', async () => {
  const { graph, ask, status } = await open()
  const people = crowd(4).map(({ userId }) => ({ userId, homeTenantId: fabrikam }))
  graph.answer = ({ path }) =>
    path.endsWith('?$skip=2&x=%2F')
      ? page(people.slice(2))
      : {
          status: 200,
          body: {
            value: people.slice(0, 2),
            '@odata.nextLink': `${graph.config.root}${collectionPath}?$skip=2&x=%2F`,
          },
        }
  const first = decoded(Page)(jsonOf(await ask('GET', profilesPath, { as: 'megan' })))
  const second = decoded(Page)(
    jsonOf(await ask('GET', pathOf(first['@odata.nextLink'] ?? ''), { as: 'megan' })),
  )

  expect([...first.value, ...second.value].map(({ userId }) => userId)).toEqual(
    people.map(({ userId }) => userId),
  )
  expect(second['@odata.nextLink']).toBeUndefined()
  expect(graph.seen.map(({ path }) => path)).toEqual([collectionPath, `${collectionPath}?$skip=2&x=%2F`])
  expect(await status()).toMatchObject({ graph: { state: 'closed' } })
})

describe('a removal that is answered with another success (row 8)', () => {
  test.each<readonly [string, Scripted]>([
    ['202', { status: 202 }],
    ['200 without a body', { status: 200 }],
    ['200 with JSON', { status: 200, body: { value: null } }],
  ])('%s: is accepted, and read back', async (_, answer) => {
    const { graph, remove, show } = await open()
    graph.answer = soundly(() => answer)
    expect(await show(await remove())).toMatchObject({ state: 'completed', holders: [{ attempts: 1 }] })
  })

  test('200 with a page of a proxy: is in doubt, and settled by reading back', async () => {
    const { graph, remove, show, events, wait } = await open()
    const turns: Array<Scripted> = [{ status: 200, body: '<html>blocked' }]
    graph.answer = seen =>
      isRemoval(seen)
        ? (turns.shift() ?? removed)
        : isCollection(seen)
          ? page([])
          : turns.length === 0 && graph.seen.filter(isRemoval).length > 1
            ? gone
            : profileOf(bob.userId)
    const path = await remove()
    expect(await show(path)).toMatchObject({ state: 'removing' })
    await wait(2, 10)
    expect(await show(path)).toMatchObject({ state: 'completed', holders: [{ attempts: 2 }] })
    expect((await events(path)).map(({ data }) => data['reason'])).toContain('unknownOutcome')
  })
})

test("Graph's own code and request-id are in the log, in the history and in the request (row 9)", async () => {
  const { graph, remove, show, events, logged } = await open()
  graph.answer = soundly(() => graphError(403, 'Authorization_RequestDenied'))
  const path = await remove()
  const answer = { detail: 'Authorization_RequestDenied', holderRequestId: 'the-answer-403' }

  expect(await show(path)).toMatchObject({ failure: answer, holders: [answer] })
  expect((await events(path)).find(({ type }) => type === 'holderFailed')?.data).toMatchObject(answer)
  expect(said(logged)).toContainEqual(
    expect.objectContaining({ ...answer, ending: 'forbidden', status: 403 }),
  )
  expect(logged.join('')).not.toContain('shown to nobody')
})
