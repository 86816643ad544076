import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tenantBreakers } from '../src/breakers.js'
import { noPace } from '../src/index.js'
import { makeClient } from './making/client.js'
import { freshIds } from './making/fresh-ids.js'
import { perform, somebody } from './making/operations.js'
import { errorReply, rawServer, reply } from './making/raw-server.js'

const limits = { failures: 3, firstOpenMs: 5000, longestOpenMs: 12_000 }
const start = '2026-11-23T09:00:00.000Z'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(start) })
})
afterEach(() => {
  vi.useRealTimers()
})

const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000)

/** A Graph that can be switched, and a client with a breaker. */
const switchable = async () => {
  const graph = { status: 500 }
  const server = await rawServer(socket => {
    socket.write(graph.status === 204 ? reply(204) : errorReply(graph.status, 'Request_ResourceNotFound'))
  })
  return { graph, server, ...makeClient(server.root, { breaker: limits }) }
}

const notYet = (afterSeconds: number) => ({ _tag: 'NotYet', afterSeconds })

describe('the circuit breaker of a tenant', () => {
  it('breaks after failures in a row, and lets nothing pass until it probes', async () => {
    const { client, server, breaks } = await switchable()
    const whom = somebody()
    for (let number = 0; number < 3; number += 1) await perform(client, 'removal', whom)
    expect(breaks).toStrictEqual([[whom.tenantId, 'open']])
    pass(2)

    expect(await perform(client, 'removal', whom)).toStrictEqual(notYet(3))
    expect(await perform(client, 'readBack', whom)).toStrictEqual(notYet(3))
    expect(await perform(client, 'lookup', whom)).toStrictEqual({
      _tag: 'Unavailable',
      retryAfterSeconds: 3,
    })

    expect(server.requests).toHaveLength(3)
    expect(client.breakers()).toStrictEqual([{ tenantId: whom.tenantId, state: 'open', since: start }])
  })

  it('takes neither a turn nor a token while it is open', async () => {
    const { root } = await rawServer(socket => void socket.resetAndDestroy())
    const asked: Array<string> = []
    const { client } = makeClient(root, {
      breaker: limits,
      tokens: () => {
        asked.push('token')
        return TE.right('a-token')
      },
      pace: {
        ...noPace,
        beforeCall: (...call) => {
          asked.push('turn')
          return noPace.beforeCall(...call)
        },
      },
    })
    const whom = somebody()
    for (let number = 0; number < 5; number += 1) await perform(client, 'removal', whom)

    expect(asked).toStrictEqual(['turn', 'token', 'turn', 'token', 'turn', 'token'])
  })

  it('leaves the other tenants alone', async () => {
    const { client, graph } = await switchable()
    const [whom, other] = [somebody(), somebody()]
    for (let number = 0; number < 3; number += 1) await perform(client, 'removal', whom)
    graph.status = 204

    expect(await perform(client, 'removal', other)).toBe('removed')
    expect(client.breakers()).toContainEqual({ tenantId: other.tenantId, state: 'closed', since: null })
  })

  it('probes with one call, and closes when that is well', async () => {
    const { client, graph, breaks } = await switchable()
    const whom = somebody()
    for (let number = 0; number < 3; number += 1) await perform(client, 'removal', whom)
    graph.status = 204
    pass(5)

    expect(await perform(client, 'removal', whom)).toBe('removed')
    expect(await perform(client, 'removal', whom)).toBe('removed')

    expect(breaks.map(([, state]) => state)).toStrictEqual(['open', 'halfOpen', 'closed'])
    expect(client.breakers()).toStrictEqual([
      { tenantId: whom.tenantId, state: 'closed', since: '2026-11-23T09:00:05.000Z' },
    ])
  })

  it('stays open for longer after each probe that fails, up to a limit', async () => {
    const { client, server } = await switchable()
    const whom = somebody()
    for (let number = 0; number < 3; number += 1) await perform(client, 'removal', whom)

    const waits: Array<unknown> = []
    for (const seconds of [5, 10, 12, 12]) {
      pass(seconds)
      expect(await perform(client, 'removal', whom)).toStrictEqual({ _tag: 'UnknownOutcome' })
      waits.push(await perform(client, 'removal', whom))
    }

    expect(waits).toStrictEqual([notYet(10), notYet(12), notYet(12), notYet(12)])
    expect(server.requests).toHaveLength(7)
  })

  it.each([400, 401, 403, 404, 409, 429])('takes a %i for a Graph that is well', async status => {
    const { client, graph, breaks } = await switchable()
    const whom = somebody()
    for (const answer of [500, 500, status, 500, 500, status]) {
      graph.status = answer
      await perform(client, 'removal', whom)
    }

    expect(breaks).toStrictEqual([])
  })

  it('counts what is no answer as well', async () => {
    const { root } = await rawServer(socket => void socket.resetAndDestroy())
    const { client, breaks } = makeClient(root, { breaker: limits })
    const whom = somebody()
    for (let number = 0; number < 3; number += 1) await perform(client, 'lookup', whom)

    expect(breaks).toHaveLength(1)
  })

  it('lets nobody wait for a probe that is under way', async () => {
    const breakers = tenantBreakers(limits, () => undefined)
    const tenantId = freshIds.tenantId()
    const run = async (call: () => Promise<boolean>) => breakers.run(tenantId, call, failing => failing)
    for (let number = 0; number < 3; number += 1) await run(async () => true)
    pass(5)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const probe = run(async () => promise)

    expect(breakers.statuses().map(({ state }) => state)).toStrictEqual(['halfOpen'])
    expect(breakers.closedFor(tenantId)).toBe(1)
    expect(await run(async () => false)).toStrictEqual(E.left(1))

    resolve(false)
    expect(await probe).toStrictEqual(E.right(false))
    expect(breakers.closedFor(tenantId)).toBeNull()
  })
})
