import type { PaceState, PaceStates } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultBlockLimits, type GraphClientDeps, sharedPace, sharing } from '../src/index.js'
import { makeClient } from './making/client.js'
import { perform, somebody, type Whom } from './making/operations.js'
import { errorReply, rawServer, reply } from './making/raw-server.js'

const limits = { failures: 3, firstOpenMs: 5000, longestOpenMs: 12_000 }
const start = '2026-11-30T09:00:00.000Z'
/** How much later it is in the store than here. */
const aheadMs = 90_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(start) })
})
afterEach(() => {
  vi.useRealTimers()
})
const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000)

/** The row of each tenant, and a store that can be away. */
const row = () => {
  const states = new Map<TenantId, PaceState>()
  const store = { away: false, reads: 0 }
  const away = E.left({ _tag: 'Unavailable', retryAfterSeconds: 1 } as const)
  const nowMs = () => Date.now() + aheadMs
  const paces: PaceStates = {
    change: (tenantId, change) => async () => {
      if (store.away) return away
      const [next, result] = change(states.get(tenantId) ?? null, nowMs())
      states.set(tenantId, next)
      return E.right(result)
    },
    read: tenantId => async () => {
      store.reads += 1
      return store.away ? away : E.right({ state: states.get(tenantId) ?? null, nowMs: nowMs() })
    },
  }
  return { paces, states, store }
}

const noBug = (error: unknown): never => {
  throw error
}

/** A Graph that can be switched, and processes that share one row. */
const shared = async () => {
  const graph = { removal: 204, read: 404 }
  const server = await rawServer((socket, request) => {
    const status = request.startsWith('POST') ? graph.removal : graph.read
    socket.write(status === 204 ? reply(204) : errorReply(status, 'Request_ResourceNotFound'))
  })
  const kept = row()
  const process = (wish: Partial<GraphClientDeps> = {}) => {
    const between = sharing(kept.paces, noBug)
    const made = makeClient(server.root, {
      breaker: limits,
      block: defaultBlockLimits,
      random: () => 0,
      sharing: between,
      ...wish,
    })
    return { ...made, between }
  }
  return { graph, server, process, ...kept }
}

const { tenantId } = somebody()
const another = (): Whom => ({ tenantId, userId: somebody().userId })
/** Long enough for what was heard before to count as old. */
const aMoment = 3

describe('a breaker', () => {
  it('that one process opened holds in another, and shows there as it does here', async () => {
    const { graph, server, process } = await shared()
    const [worker, api] = [process(), process()]
    graph.removal = 500
    for (let number = 0; number < 3; number += 1) await perform(worker.client, 'removal', another())
    await worker.between.settled()
    const sent = server.requests.length
    pass(aMoment)

    expect(await perform(api.client, 'lookup', another())).toStrictEqual({
      _tag: 'Unavailable',
      retryAfterSeconds: 2,
    })
    expect(server.requests).toHaveLength(sent)
    expect(api.client.breakers()).toStrictEqual([{ tenantId, state: 'open', since: start }])
    expect(api.breaks).toStrictEqual([])
  })

  it('is probed by one process with one call, and closes for all', async () => {
    const { graph, server, process } = await shared()
    const [worker, api] = [process(), process()]
    graph.removal = 500
    for (let number = 0; number < 3; number += 1) await perform(worker.client, 'removal', another())
    await worker.between.settled()
    pass(aMoment)
    await perform(api.client, 'lookup', another())
    pass(aMoment)
    graph.removal = 204
    const sent = server.requests.length

    const [, held] = await Promise.all([
      perform(api.client, 'removal', another()),
      perform(api.client, 'removal', another()),
    ])

    expect(held).toStrictEqual({ _tag: 'NotYet', afterSeconds: 1 })
    expect(server.requests).toHaveLength(sent + 1)
    expect(api.breaks.map(([, state]) => state)).toStrictEqual(['halfOpen', 'closed'])
    await api.between.settled()
    pass(aMoment)
    expect(await perform(worker.client, 'removal', another())).toBe('removed')
    expect(worker.client.breakers()).toMatchObject([{ state: 'closed' }])
  })

  it('stays open for longer after a probe of another process that fails', async () => {
    const { graph, process } = await shared()
    const [worker, api] = [process(), process()]
    graph.removal = 500
    for (let number = 0; number < 3; number += 1) await perform(worker.client, 'removal', another())
    await worker.between.settled()
    pass(5)
    await perform(api.client, 'removal', another())

    expect(await perform(api.client, 'removal', another())).toStrictEqual({
      _tag: 'NotYet',
      afterSeconds: 10,
    })
  })
})

describe('a block', () => {
  it('that one process found shows in another, with the same beginning, and is over for both', async () => {
    const { graph, server, process } = await shared()
    const [worker, api] = [process(), process()]
    graph.removal = 401
    // Both have listened before.
    await perform(api.client, 'lookup', another())
    await perform(worker.client, 'removal', another())
    await worker.between.settled()
    const sent = server.requests.length
    pass(aMoment)

    expect(await perform(api.client, 'lookup', another())).toMatchObject({ blockedBy: 'credential' })
    expect(server.requests).toHaveLength(sent)
    expect(api.client.blocks()).toStrictEqual([{ tenantId, by: 'credential', since: start }])

    graph.removal = 204
    pass(60)
    expect(await perform(worker.client, 'removal', another())).toBe('removed')
    await worker.between.settled()
    await api.between.look(tenantId)
    expect(api.client.blocks()).toStrictEqual([])
  })

  it('that was there before a process started is probed by its first call', async () => {
    const { graph, process } = await shared()
    const worker = process()
    graph.removal = 401
    await perform(worker.client, 'removal', another())
    await worker.between.settled()
    graph.removal = 204

    const restarted = process()
    expect(await perform(restarted.client, 'removal', another())).toBe('removed')
    await restarted.between.settled()
    expect(restarted.client.blocks()).toStrictEqual([])
  })

  it('of reading shows as a missing permission elsewhere, and holds no removal back', async () => {
    const { graph, process } = await shared()
    const [api, worker] = [process(), process()]
    graph.read = 403
    await perform(api.client, 'lookup', another())
    await api.between.settled()

    expect(await perform(worker.client, 'removal', another())).toBe('removed')
    expect(worker.client.blocks()).toStrictEqual([{ tenantId, by: 'permission', since: start }])
  })
})

describe('the row', () => {
  it('is read once in two seconds at most, however many calls there are', async () => {
    const { process, store } = await shared()
    const { client } = process()
    for (let number = 0; number < 5; number += 1) await perform(client, 'lookup', another())
    expect(store.reads).toBe(1)
    pass(2)
    await perform(client, 'lookup', another())
    expect(store.reads).toBe(2)
  })

  it('keeps what others wrote, with what the pace writes, and the other way round', async () => {
    const { graph, process, paces, states } = await shared()
    await paces.change(tenantId, () => [{ workerSeenAt: 7 }, null])()
    const worker = process()
    const time = { clock: () => performance.now(), sleep: async () => undefined, random: () => 0.5 }
    const pace = sharedPace({ states: worker.between.states, ...time })
    await pace.beforeCall(tenantId, 'write')()
    graph.removal = 401
    await perform(worker.client, 'removal', another())
    await worker.between.settled()
    await pace.beforeCall(tenantId, 'write')()

    expect(states.get(tenantId)).toMatchObject({
      workerSeenAt: 7,
      rate: 20,
      credentialSince: Date.parse(start) + aheadMs,
    })
  })

  it('is told later what could not be told while the store was away', async () => {
    const { graph, process, store, states } = await shared()
    const worker = process()
    graph.removal = 401
    store.away = true
    await perform(worker.client, 'removal', another())
    await worker.between.settled()
    expect(states.get(tenantId)).toBeUndefined()

    store.away = false
    pass(aMoment)
    await worker.between.look(tenantId)

    expect(states.get(tenantId)).toMatchObject({ credentialSince: Date.parse(start) + aheadMs })
    expect(worker.client.blocks()).toHaveLength(1)
  })

  it('keeps no call waiting whose store does not answer', async () => {
    const { server } = await shared()
    const silent: PaceStates = {
      change: () => () => Promise.withResolvers<never>().promise,
      read: () => () => Promise.withResolvers<never>().promise,
    }
    const { client } = makeClient(server.root, { sharing: sharing(silent, noBug) })
    expect(await perform(client, 'removal', another())).toBe('removed')
  })

  it.each([{ breaker: 7 }, { breaker: 1, breakerSince: -1, breakerUntil: 1e300 }, { credentialSince: 0 }])(
    'with odd numbers stops nobody for good: %o',
    async odd => {
      const { process, states } = await shared()
      states.set(tenantId, odd)
      const { client } = process()
      await perform(client, 'removal', another())
      pass(301)
      expect(await perform(client, 'removal', another())).toBe('removed')
    },
  )
})

it('a bug of the store is told, and keeps no call from its end', async () => {
  const { server } = await shared()
  const bugs: Array<unknown> = []
  const failing = (): never => {
    throw new Error('a bug')
  }
  const broken: PaceStates = { change: () => failing, read: () => failing }
  const between = sharing(broken, error => void bugs.push(error))
  const { client } = makeClient(server.root, {
    sharing: between,
    tokens: () => TE.right('a-token'),
  })
  expect(await perform(client, 'removal', another())).toBe('removed')
  expect(bugs).toHaveLength(1)
})
