import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, it } from 'vitest'
import {
  graphDataHolder,
  noPace,
  type Operation,
  type PaceFeedback,
  type TokenRequest,
} from '../src/index.js'
import { makeClient, tokenFor } from './making/client.js'
import { freshIds } from './making/fresh-ids.js'
import { perform, somebody } from './making/operations.js'
import { always, besideTheCollection, errorReply, rawServer, reply } from './making/raw-server.js'

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const headerOf = (request: string | undefined, name: string): string | undefined =>
  request
    ?.split('\r\n')
    .find(line => line.toLowerCase().startsWith(`${name}: `))
    ?.slice(name.length + 2)

describe('what goes over the wire', () => {
  it('asks for a removal with a POST that says JSON and has no body', async () => {
    const { root, requests } = await rawServer(always(reply(204)))
    const whom = somebody()

    await perform(makeClient(root).client, 'removal', whom)

    const [request] = requests
    expect(request?.split('\r\n')[0]).toBe(
      `POST /beta/directory/inboundSharedUserProfiles/${whom.userId}/removePersonalData HTTP/1.1`,
    )
    expect(headerOf(request, 'content-type')).toBe('application/json')
    expect(headerOf(request, 'content-length')).toBe('0')
    expect(headerOf(request, 'authorization')).toBe(`Bearer ${tokenFor(whom.tenantId)}`)
  })

  it('gives each request a client-request-id of its own, and reports it', async () => {
    const { root, requests } = await rawServer(always(errorReply(500, 'x')))
    const { client, reports } = makeClient(root, {
      retrying: { attempts: 3, firstMs: 1, longestMs: 1 },
      random: () => 0,
    })

    await perform(client, 'lookup', somebody())

    const ids = requests.map(request => headerOf(request, 'client-request-id'))
    expect(ids).toHaveLength(3)
    expect(new Set(ids).size).toBe(3)
    expect(ids.every(id => guid.test(id ?? ''))).toBe(true)
    expect(reports.map(({ clientRequestId }) => clientRequestId)).toStrictEqual(ids)
    expect(reports.map(({ attempt, status }) => [attempt, status])).toStrictEqual([
      [1, 500],
      [2, 500],
      [3, 500],
    ])
  })

  it('keeps connections alive', async () => {
    const { root, requests, connections } = await rawServer(always(reply(204)))
    const { client } = makeClient(root)

    for (let number = 0; number < 20; number += 1) await perform(client, 'removal', somebody())

    expect(requests).toHaveLength(20)
    // undici may open a second one while it still looks whether the first is well.
    expect(connections()).toBeLessThanOrEqual(2)
  })

  it('has at most so many connections', async () => {
    const { root, requests, connections } = await rawServer(socket => {
      setImmediate(() => socket.write(reply(204)))
    })
    const { client } = makeClient(root, { connections: 2 })

    await Promise.all(Array.from({ length: 12 }, async () => perform(client, 'removal', somebody())))

    expect(requests).toHaveLength(12)
    expect(connections()).toBe(2)
  })

  it('does not follow a redirect', async () => {
    const elsewhere = await rawServer(always(reply(204)))
    const { root } = await rawServer(always(reply(307, { headers: { location: `${elsewhere.root}/` } })))

    expect(await perform(makeClient(root).client, 'removal', somebody())).toStrictEqual({
      _tag: 'UnknownOutcome',
    })
    expect(elsewhere.requests).toStrictEqual([])
  })

  it('sends a removal once, however it ends', async () => {
    const { root, requests } = await rawServer((socket, _, number) => {
      if (number === 1) socket.write(reply(204))
      else socket.resetAndDestroy()
    })
    const { client } = makeClient(root, { retrying: { attempts: 5, firstMs: 1, longestMs: 1 } })

    await perform(client, 'removal', somebody())

    // The second one goes over a connection that was kept alive, where a reset could be taken for an idle one's.
    expect(await perform(client, 'removal', somebody())).toStrictEqual({ _tag: 'UnknownOutcome' })
    expect(requests).toHaveLength(2)
  })
})

describe('tokens', () => {
  const operations: ReadonlyArray<Operation> = ['removal', 'readBack', 'lookup']

  it('are asked for in the name of the request that removes, and of nobody to read', async () => {
    const { root } = await rawServer(always(errorReply(403, 'x')))
    const asked: Array<TokenRequest> = []
    const { client } = makeClient(root, {
      tokens: request => {
        asked.push(request)
        return TE.right('a-token')
      },
    })
    const { tenantId, userId } = somebody()
    const requestId = freshIds.identifiers.requestId()

    await graphDataHolder(client).remove({ tenantId, requestId, userId, onBehalfOf: null })()
    await perform(client, 'readBack', { tenantId, userId })
    await perform(client, 'lookup', { tenantId, userId })

    expect(asked).toStrictEqual(
      [{ requestId, onBehalfOf: null }, null, null].map(removing => ({
        tenantId,
        removing,
        claims: null,
        rejected: null,
      })),
    )
  })

  it.each(operations)('are asked for again with the claims that Graph wants, once: %s', async operation => {
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}'
    const header = `Bearer realm="", authorization_uri="https://login.example/oauth2", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`
    const { root } = await rawServer((socket, request, number) => {
      if (request.includes('Bearer better'))
        besideTheCollection(errorReply(404, 'Request_ResourceNotFound'))(socket, request, number)
      else socket.write(errorReply(401, 'InvalidAuthenticationToken', { 'www-authenticate': header }))
    })
    const asked: Array<string | null> = []
    const { client } = makeClient(root, {
      tokens: request => {
        asked.push(request.claims)
        return TE.right(asked.includes(claims) ? 'better' : 'good')
      },
    })

    const result = await perform(client, operation, somebody())

    expect(result).toBe(operation === 'lookup' ? 'none' : 'absent')
    expect(asked.filter(wanted => wanted !== null)).toStrictEqual([claims])
  })

  it.each(operations)(
    'are asked for anew after a 401, once, before anything is concluded: %s',
    async operation => {
      const { root, requests } = await rawServer((socket, request, number) => {
        if (request.includes('Bearer fresh'))
          besideTheCollection(errorReply(404, 'x'))(socket, request, number)
        else socket.write(errorReply(401, 'InvalidAuthenticationToken'))
      })
      const rejected: Array<string | null> = []
      const { client } = makeClient(root, {
        tokens: request => {
          rejected.push(request.rejected)
          return TE.right(rejected.includes('stale') ? 'fresh' : 'stale')
        },
      })

      expect(await perform(client, operation, somebody())).toBe(operation === 'lookup' ? 'none' : 'absent')
      expect(rejected.filter(token => token !== null)).toStrictEqual(['stale'])
      expect(requests.filter(request => request.includes('Bearer stale'))).toHaveLength(1)
    },
  )

  it('are not sent again where there is no other', async () => {
    const { root, requests } = await rawServer(always(errorReply(401, 'x')))
    const { client } = makeClient(root)

    expect(await perform(client, 'removal', somebody())).toStrictEqual({ _tag: 'SignInRequired', sent: true })
    expect(requests).toHaveLength(1)
  })

  it('end in a sign-in where those claims cannot be had', async () => {
    const header = `Bearer error="insufficient_claims", claims="${Buffer.from('{}').toString('base64')}"`
    const { root } = await rawServer(always(errorReply(401, 'x', { 'www-authenticate': header })))
    const { client } = makeClient(root, {
      tokens: ({ claims }) => (claims === null ? TE.right('good') : TE.left({ _tag: 'SignInRequired' })),
    })

    expect(await perform(client, 'removal', somebody())).toStrictEqual({
      _tag: 'SignInRequired',
      sent: false,
    })
  })
})

describe('the pace', () => {
  it('is asked before each request and told how Graph took it, unless there was no answer', async () => {
    const { root } = await rawServer((socket, _, number) => {
      if (number === 1) socket.write(errorReply(429, 'x', { 'retry-after': '7' }))
      else if (number === 2) socket.write(errorReply(429, 'x'))
      else if (number === 3) socket.write(errorReply(500, 'x'))
      else socket.resetAndDestroy()
    })
    const asked: Array<string> = []
    const told: Array<PaceFeedback> = []
    const { client } = makeClient(root, {
      pace: {
        beforeCall: (tenantId, kind) => {
          asked.push(kind)
          return noPace.beforeCall(tenantId, kind)
        },
        afterCall: (_, __, feedback) => void told.push(feedback),
      },
    })

    for (const operation of ['removal', 'removal', 'readBack', 'lookup'] as const)
      await perform(client, operation, somebody())

    expect(asked).toStrictEqual(['write', 'write', 'read', 'read'])
    expect(told).toStrictEqual([
      { kind: 'throttled', retryAfterSeconds: 7 },
      { kind: 'throttled', retryAfterSeconds: null },
      { kind: 'answered' },
    ])
  })
})

describe('closing', () => {
  it('gives up all that is under way, and waits for it', async () => {
    const { root, requests } = await rawServer(() => undefined)
    const { client, reports } = makeClient(root, {
      retrying: { attempts: 5, firstMs: 10_000, longestMs: 10_000 },
      random: () => 1,
    })
    const underWay = (['removal', 'readBack', 'lookup'] as const).map(async operation =>
      perform(client, operation, somebody()),
    )
    await expect.poll(() => requests.length).toBe(3)

    await client.close()

    expect(reports.map(({ ending }) => ending)).toStrictEqual(Array(3).fill('shutDownAfterSending'))
    expect(await Promise.all(underWay)).toStrictEqual([
      { _tag: 'UnknownOutcome' },
      { _tag: 'RetryLater', afterSeconds: null, sent: true },
      { _tag: 'Unavailable', retryAfterSeconds: 5 },
    ])
    await client.close()
  })

  it('ends the pause before a read asks again', async () => {
    const { root, requests } = await rawServer(always(errorReply(503, 'x')))
    const { client, reports } = makeClient(root, {
      retrying: { attempts: 5, firstMs: 7000, longestMs: 7000 },
      random: () => 1,
    })
    const reading = perform(client, 'readBack', somebody())
    await expect.poll(() => reports.length).toBe(1)

    await client.close()

    expect(await reading).toStrictEqual({ _tag: 'RetryLater', afterSeconds: null, sent: true })
    expect(requests).toHaveLength(1)
  })
})
