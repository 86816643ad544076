import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ActorReference, BlockedBy } from '@lethe/domain'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultBlockLimits, type GraphClientDeps, graphDataHolder } from '../src/index.js'
import { makeClient } from './making/client.js'
import { freshIds } from './making/fresh-ids.js'
import { perform, somebody, type Whom } from './making/operations.js'
import { errorReply, rawServer, reply } from './making/raw-server.js'

const start = '2026-11-30T09:00:00.000Z'
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(start) })
})
afterEach(() => {
  vi.useRealTimers()
})
const pass = (seconds: number): void => void vi.setSystemTime(Date.now() + seconds * 1000)

type Answers = { removal: number; read: number }

/** A Graph that can be switched, and a client that is held back by blocks. */
const blocking = async (wish: Partial<GraphClientDeps> = {}) => {
  const graph: Answers = { removal: 204, read: 403 }
  const server = await rawServer((socket, request) => {
    const status = request.startsWith('POST') ? graph.removal : graph.read
    socket.write(status === 204 ? reply(204) : errorReply(status, 'x'))
  })
  const blocked: Array<readonly [BlockedBy, string | null]> = []
  const made = makeClient(server.root, {
    block: defaultBlockLimits,
    random: () => 0,
    onBlock: (_, by, since) => void blocked.push([by, since]),
    ...wish,
  })
  return { graph, server, blocked, ...made }
}

const { tenantId } = somebody()
const another = (): Whom => ({ tenantId, userId: somebody().userId })
const held = (blockedBy: BlockedBy) => ({ _tag: 'NotYet', afterSeconds: 60, blockedBy })
const inNameOf = (onBehalfOf: ActorReference | null, { userId }: Whom) => ({
  tenantId,
  userId,
  requestId: freshIds.identifiers.requestId(),
  onBehalfOf,
})

describe('a credential that is not taken', () => {
  it('holds everybody of the tenant back, from the first 401 with a new token on', async () => {
    const { client, graph, server, blocked } = await blocking()
    graph.removal = 401

    expect(await perform(client, 'removal', another())).toEqual(held('credential'))
    const sent = server.requests.length
    expect(await perform(client, 'removal', another())).toEqual(held('credential'))
    expect(await perform(client, 'readBack', another())).toEqual(held('credential'))
    expect(await perform(client, 'lookup', another())).toEqual({
      _tag: 'Unavailable',
      retryAfterSeconds: 60,
      blockedBy: 'credential',
    })

    expect(server.requests).toHaveLength(sent)
    expect(blocked).toEqual([['credential', start]])
    expect(client.blocks()).toEqual([{ tenantId, by: 'credential', since: start }])
    expect(await perform(client, 'readBack', somebody())).not.toMatchObject({ blockedBy: 'credential' })
  })

  it('is one as well for which there is no token at all', async () => {
    const { client } = await blocking({ tokens: () => TE.left({ _tag: 'SignInRequired' }) })

    expect(await perform(client, 'removal', another())).toEqual(held('credential'))
  })

  it('is probed each minute with one call, and over with the first that is taken', async () => {
    const { client, graph, server, blocked } = await blocking()
    graph.removal = 401
    await perform(client, 'removal', another())
    pass(60)
    await perform(client, 'removal', another())
    const sent = server.requests.length
    expect(await perform(client, 'removal', another())).toEqual(held('credential'))
    expect(server.requests).toHaveLength(sent)

    graph.removal = 204
    pass(60)

    expect(await perform(client, 'removal', another())).toBe('removed')
    expect(await perform(client, 'removal', another())).toBe('removed')
    expect(blocked).toEqual([
      ['credential', start],
      ['credential', null],
    ])
  })

  it('holds nobody back who acts for a person: their sign-in is their own affair', async () => {
    const { client, graph, blocked } = await blocking({ block: { ...defaultBlockLimits, delegated: true } })
    graph.removal = 401
    const person = freshIds.identifiers.actorReference()

    expect(await graphDataHolder(client).remove(inNameOf(person, another()))()).toMatchObject({
      left: { _tag: 'SignInRequired' },
    })
    expect(blocked).toEqual([])
  })
})

describe('a permission that is gone', () => {
  const refuseThree = async () => {
    const made = await blocking()
    made.graph.removal = 403
    const results = []
    for (const whom of [another(), another(), another()])
      results.push(await perform(made.client, 'removal', whom))
    return { ...made, results }
  }

  it('holds removals back after those of three people in a row, and nothing else', async () => {
    const { client, results, server, blocked } = await refuseThree()
    expect(results).toEqual([{ _tag: 'Refused' }, { _tag: 'Refused' }, held('permission')])
    const sent = server.requests.length

    expect(await perform(client, 'removal', another())).toEqual(held('permission'))
    expect(server.requests).toHaveLength(sent)
    await perform(client, 'lookup', another())
    expect(server.requests).toHaveLength(sent + 1)
    expect(blocked).toEqual([['permission', start]])
  })

  it('is not gone where somebody was removed in between, or one person is refused again and again', async () => {
    const { client, graph, blocked } = await blocking()
    for (const status of [403, 403, 204, 403, 403]) {
      graph.removal = status
      await perform(client, 'removal', another())
    }
    expect(blocked).toEqual([])

    const again = await blocking()
    again.graph.removal = 403
    const same = inNameOf(null, another())
    for (let number = 0; number < 4; number += 1) await graphDataHolder(again.client).remove(same)()
    expect(again.blocked).toEqual([])
  })

  it('is probed with another request each time, and over with the first that is taken', async () => {
    const { client, graph, server, blocked } = await refuseThree()
    const holder = graphDataHolder(client)
    const [one, other] = [inNameOf(null, another()), inNameOf(null, another())]
    pass(60)
    await holder.remove(one)()
    await holder.remove(other)()
    pass(60)
    const sent = server.requests.length
    expect(await holder.remove(one)()).toMatchObject({ left: held('permission') })
    expect(server.requests).toHaveLength(sent)

    graph.removal = 204
    expect(await holder.remove(other)()).toEqual({ _tag: 'Right', right: 'removed' })
    expect(await holder.remove(one)()).toEqual({ _tag: 'Right', right: 'removed' })
    expect(blocked.at(-1)).toEqual(['permission', null])
  })
})

describe('a look that is answered 403', () => {
  it('shows as a missing permission, holds nothing back, and is over with the next that is answered', async () => {
    const { client, graph, blocked } = await blocking()
    expect(await perform(client, 'lookup', another())).toMatchObject({
      _tag: 'Unavailable',
      blockedBy: 'permission',
    })
    expect(client.blocks()).toEqual([{ tenantId, by: 'permission', since: start }])
    expect(await perform(client, 'removal', another())).toBe('removed')
    expect(client.blocks()).toHaveLength(1)

    graph.read = 404
    expect(await perform(client, 'lookup', another())).not.toMatchObject({ blockedBy: 'permission' })

    expect(blocked).toEqual([
      ['permission', start],
      ['permission', null],
    ])
    expect(client.blocks()).toEqual([])
  })

  it('is one with removals that are refused', async () => {
    const { client, graph, blocked } = await blocking()
    graph.removal = 403
    await perform(client, 'lookup', another())
    for (let number = 0; number < 3; number += 1) await perform(client, 'removal', another())

    expect(client.blocks()).toEqual([{ tenantId, by: 'permission', since: start }])
    expect(blocked).toEqual([['permission', start]])
  })
})

it('those who are held back come back spread over five minutes', async () => {
  const { client, graph } = await blocking({ random: () => 0.999 })
  graph.removal = 401
  expect(await perform(client, 'removal', another())).toMatchObject({ afterSeconds: 300 })
})
