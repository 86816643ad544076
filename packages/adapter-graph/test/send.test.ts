import type { Socket } from 'node:net'
import { Dispatcher } from 'undici'
import { expect, it } from 'vitest'
import { send } from '../src/send.js'
import { makeClient } from './making/client.js'
import { perform, somebody } from './making/operations.js'
import { rawServer, reply } from './making/raw-server.js'

const request = {
  method: 'POST',
  url: 'http://graph.example/beta/x?y=z',
  headers: {},
  headersMs: 1000,
  bodyMs: 1000,
} as const

it('a request that was given up while it waited for a connection never leaves', async () => {
  const held: Array<Socket> = []
  const { root, requests } = await rawServer((socket, _, number) => {
    if (number === 1) held.push(socket)
    else socket.write(reply(204))
  })
  const { client, reports } = makeClient(root, { connections: 1, timeouts: { lookupMs: 60 } })
  const first = perform(client, 'removal', somebody())
  await expect.poll(() => held.length).toBe(1)

  await perform(client, 'lookup', somebody())
  expect(reports.map(({ ending }) => ending)).toStrictEqual(['timedOutBeforeSending'])
  held[0]?.write(reply(204))

  expect(await first).toBe('removed')
  expect(await perform(client, 'removal', somebody())).toBe('removed')
  expect(requests.map(text => text.split(' ')[0])).toStrictEqual(['POST', 'POST'])
})

it('a request is not written a second time, whatever a pool does with it', async () => {
  const aborted: Array<Error> = []
  class Repeating extends Dispatcher {
    override dispatch(_: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      const controller = {
        aborted: false,
        paused: false,
        reason: null,
        pause: () => undefined,
        resume: () => undefined,
        abort: (reason: Error) => {
          aborted.push(reason)
          handler.onResponseError?.(controller, reason)
        },
      }
      handler.onRequestStart?.(controller, null)
      handler.onRequestStart?.(controller, null)
      return true
    }
  }

  const outcome = await send(new Repeating(), request, new AbortController().signal)

  expect(aborted).toHaveLength(1)
  expect(outcome).toStrictEqual({ kind: 'unanswered', sent: true, cause: 'reset', network: null })
})

it('an error that a pool throws is an outcome, and tells nothing', async () => {
  class Throwing extends Dispatcher {
    override dispatch(): boolean {
      throw new Error('Invalid header: a secret')
    }
  }

  expect(await send(new Throwing(), request, new AbortController().signal)).toStrictEqual({
    kind: 'unanswered',
    sent: false,
    cause: 'notConnected',
    network: null,
  })
})
