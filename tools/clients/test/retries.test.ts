import { RetryHandlerOptions as SdkRetries } from '@microsoft/kiota-http-fetchlibrary'
import { RetryHandlerOptions as GraphClientRetries } from '@microsoft/microsoft-graph-client'
import { describe, expect, test } from 'vitest'
import { leaveNothingOpen } from './making/closing.js'
import { failureOf, throttledAnswer } from './making/failure.js'
import type { Fault } from './making/front.js'
import { graphClientFor, removeThrough } from './making/graph-client.js'
import { type Lethe, openLethe } from './making/lethe.js'
import { bob } from './making/profiles.js'
import { asJson, removeWith, sdkFor } from './making/sdk.js'

leaveNothingOpen()

interface Client {
  readonly name: string
  readonly scheme: 'http' | 'https'
  /** @param retries how often at most it tries again; as it comes where that is left out. */
  readonly remove: (lethe: Lethe, retries?: number) => Promise<unknown>
}

const clients: ReadonlyArray<Client> = [
  {
    name: 'the beta SDK',
    scheme: 'http',
    remove: (lethe, retries) =>
      removeWith(
        sdkFor(lethe, 'adele'),
        bob.userId,
        asJson('seed'),
        retries === undefined ? [] : [new SdkRetries({ maxRetries: retries })],
      ),
  },
  {
    name: 'the graph client',
    scheme: 'https',
    remove: (lethe, retries) =>
      removeThrough(
        graphClientFor(lethe, 'adele'),
        bob.userId,
        retries === undefined ? [] : [new GraphClientRetries(undefined, retries)],
      ),
  },
]

/** A gateway's answer, which the client may try again at once. */
const answered = (status: number, passedOn: boolean): Fault => ({ status, retryAfter: '0', passedOn })

/** How often the removal was asked for, and what the client itself said of that. */
const attemptsAt = ({ received }: Lethe): ReadonlyArray<unknown> =>
  received.filter(({ method }) => method === 'POST').map(({ headers }) => headers['retry-attempt'])

describe.each(clients)('$name tries again by itself', ({ scheme, remove }) => {
  describe.each(['seed', 'graph'] as const)('under the contract %s', contract => {
    test.each([429, 503, 504])('after a %i that kept the request from Lethe', async status => {
      const lethe = await openLethe(contract, scheme)
      lethe.failNext(answered(status, false), answered(status, false))
      await remove(lethe)
      expect(attemptsAt(lethe)).toEqual([undefined, '1', '2'])
      expect(await lethe.requests()).toHaveLength(1)
    })

    test.each([429, 503, 504])(
      'after a %i in the place of the answer, with one request in the end',
      async status => {
        const lethe = await openLethe(contract, scheme)
        lethe.failNext(answered(status, true), answered(status, true))
        await remove(lethe)
        expect(attemptsAt(lethe)).toEqual([undefined, '1', '2'])
        expect(await lethe.requests()).toMatchObject([{ userId: bob.userId, state: 'pendingApproval' }])
      },
    )
  })

  test('after a 429 of Lethe, which recorded nothing and says when', async () => {
    const lethe = await openLethe('graph', scheme)
    lethe.throttleNext(1)
    await remove(lethe)
    expect(attemptsAt(lethe)).toEqual([undefined, '1'])
    expect(await lethe.requests()).toHaveLength(1)
  })

  test('unless it is told not to, and decodes the 429', async () => {
    const lethe = await openLethe('graph', scheme)
    lethe.throttleNext(1)
    expect(await failureOf(remove(lethe, 0))).toEqual(throttledAnswer)
    expect(await lethe.requests()).toEqual([])
  })
})
