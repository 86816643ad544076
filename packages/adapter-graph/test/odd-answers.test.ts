import { describe, expect, it } from 'vitest'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { graphDataHolder, graphInboundProfiles, type Operation } from '../src/index.js'
import { makeClient } from './making/client.js'
import { freshIds } from './making/fresh-ids.js'
import { perform, somebody } from './making/operations.js'
import { always, besideTheCollection, errorReply, rawServer, reply } from './making/raw-server.js'

const breaker = { failures: 2, firstOpenMs: 5000, longestOpenMs: 5000 }
const json = (body: unknown): string => reply(200, { body: JSON.stringify(body) })
const homeTenantId = freshIds.tenantId()
const reads: ReadonlyArray<Operation> = ['readBack', 'lookup']

describe('a profile', () => {
  it.each([{}, { displayName: null, userPrincipalName: null }, { displayName: null }])(
    'is found without its names: %o',
    async names => {
      const { tenantId, userId } = somebody()
      const { root } = await rawServer(always(json({ userId, homeTenantId, ...names })))
      const { client } = makeClient(root)

      expect(await graphInboundProfiles(client).get(tenantId, userId)()).toEqual(
        E.right(O.some({ userId, homeTenantId, displayName: null, userPrincipalName: null })),
      )
      expect(await graphDataHolder(client).readBack(tenantId, userId)()).toEqual(E.right('husk'))
    },
  )

  it('is read back by its id alone', async () => {
    const { tenantId, userId } = somebody()
    const { root } = await rawServer(always(json({ userId, displayName: 'Bob', userPrincipalName: 7 })))
    const { client } = makeClient(root)

    expect(await graphDataHolder(client).readBack(tenantId, userId)()).toEqual(E.right('present'))
  })

  it('that the collection lists is there, whatever its own address says', async () => {
    const { tenantId, userId } = somebody()
    const { root } = await rawServer((socket, request) => {
      const listed = json({ value: [{ userId, homeTenantId, displayName: 'Bob' }] })
      socket.write(
        request.startsWith('GET /beta/directory/inboundSharedUserProfiles HTTP')
          ? listed
          : errorReply(404, 'x'),
      )
    })
    const { client } = makeClient(root)

    expect(await perform(client, 'readBack', { tenantId, userId })).toBe('present')
    expect(await perform(client, 'lookup', { tenantId, userId })).toBe('found')
    expect(await perform(client, 'removal', { tenantId, userId })).toEqual({ _tag: 'Refused' })
  })
})

describe('a page', () => {
  it('shows whom it can, and tells how many it left out', async () => {
    const { tenantId, userId } = somebody()
    const { root } = await rawServer(
      always(json({ value: [{ userId, homeTenantId }, { userId: 7 }, { displayName: 'Bob' }] })),
    )
    const told: Array<unknown> = []
    const profiles = graphInboundProfiles(makeClient(root).client, {
      pageSizes: false,
      onLeftOut: (...leftOut) => void told.push(leftOut),
    })

    const page = await profiles.list(tenantId, [], { size: 10, after: null })()

    expect(E.isRight(page) ? page.right.items.map(item => item.userId) : page).toEqual([userId])
    expect(told).toEqual([[tenantId, 2]])
  })
})

describe('the circuit breaker', () => {
  const fails = async (answer: string, operation: Operation) => {
    const { root } = await rawServer(always(answer))
    const { client, breaks } = makeClient(root, { breaker })
    const whom = somebody()
    for (let number = 0; number < 3; number += 1) await perform(client, operation, whom)
    return breaks.map(([, state]) => state)
  }

  it.each(reads)('takes JSON with odd members for a Graph that is well: %s', async operation => {
    expect(await fails(json({ userId: 7 }), operation)).toEqual([])
    expect(await fails(json([]), operation)).toEqual([])
  })

  it.each(reads)('counts a page of a proxy that answers 200: %s', async operation => {
    expect(await fails(reply(200, { body: '<html>blocked' }), operation)).toEqual(['open'])
  })
})

describe('a removal', () => {
  it.each([
    ['202', reply(202)],
    ['200, empty', reply(200)],
    ['200, JSON', json({})],
  ])('that is answered %s is accepted', async (_, answer) => {
    const { root } = await rawServer(always(answer))
    expect(await perform(makeClient(root).client, 'removal', somebody())).toBe('removed')
  })

  it('that is answered 200 with anything else is in doubt', async () => {
    const { root } = await rawServer(always(reply(200, { body: '<html>' })))
    expect(await perform(makeClient(root).client, 'removal', somebody())).toEqual({ _tag: 'UnknownOutcome' })
  })

  it('that is answered 404 is done where a look finds the profile gone, whatever the code', async () => {
    const { root } = await rawServer(besideTheCollection(errorReply(404, 'SomethingNew')))
    expect(await perform(makeClient(root).client, 'removal', somebody())).toBe('absent')
  })

  it('that is answered 404 is refused, with the code, where a look finds the profile', async () => {
    const { tenantId, userId } = somebody()
    const { root } = await rawServer((socket, request) => {
      const answer = errorReply(404, 'SomethingNew', { 'request-id': 'abc-1' })
      socket.write(request.startsWith('POST') ? answer : json({ userId, homeTenantId, displayName: 'Bob' }))
    })
    const removal = { tenantId, userId, requestId: freshIds.identifiers.requestId(), onBehalfOf: null }

    expect(await graphDataHolder(makeClient(root).client).remove(removal)()).toEqual(
      E.left({ _tag: 'Refused', answer: { detail: 'SomethingNew', holderRequestId: 'abc-1' } }),
    )
  })

  it('that is answered 404 is tried again where no look can be had', async () => {
    const { root } = await rawServer(
      (socket, request) =>
        void socket.write(request.startsWith('POST') ? errorReply(404, 'x') : errorReply(503, 'x')),
    )
    expect(await perform(makeClient(root).client, 'removal', somebody())).toEqual({
      _tag: 'RetryLater',
      afterSeconds: null,
      sent: true,
    })
  })
})

describe('what Graph says of itself', () => {
  it('is in the report and in the problem: its code and its request-id, and nothing else', async () => {
    const { root } = await rawServer(
      always(errorReply(403, 'Authorization_RequestDenied', { 'request-id': 'abc-1' })),
    )
    const { client, reports } = makeClient(root)
    const { tenantId, userId } = somebody()
    const answer = { detail: 'Authorization_RequestDenied', holderRequestId: 'abc-1' }
    const removal = { tenantId, userId, requestId: freshIds.identifiers.requestId(), onBehalfOf: null }

    expect(await graphDataHolder(client).remove(removal)()).toEqual(E.left({ _tag: 'Refused', answer }))
    expect(reports.map(report => report.answer)).toEqual([answer])
  })

  it('is left out where it is no word', async () => {
    const { root } = await rawServer(always(errorReply(403, 'Bob is not allowed', { 'request-id': 'a b' })))
    const { client, reports } = makeClient(root)
    await perform(client, 'removal', somebody())
    expect(reports.map(report => report.answer)).toEqual([{}])
  })
})
