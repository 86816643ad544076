import { describe, expect, it } from 'vitest'
import type { Operation } from '../src/index.js'
import { makeClient } from './making/client.js'
import { perform, somebody } from './making/operations.js'
import { besideTheCollection, errorReply, rawServer, type Script } from './making/raw-server.js'

const reads: ReadonlyArray<Operation> = ['readBack', 'lookup']
const patient = { retrying: { attempts: 6, firstMs: 1, longestMs: 1 }, random: () => 0.5 }

/** Passing faults, one after the other, and then an answer. */
const troubled: Script = (socket, request, number) => {
  if (number === 1) socket.resetAndDestroy()
  else if (number === 2) socket.write(errorReply(500, 'x'))
  else if (number === 3) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"')
  else if (number === 4) socket.write(errorReply(429, 'x'))
  else if (number === 5) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\noops')
  else besideTheCollection(errorReply(404, 'Request_ResourceNotFound'))(socket, request, number)
}

describe('a read', () => {
  it.each(reads)('asks again until there is an answer: %s', async operation => {
    const { root, requests } = await rawServer(troubled)

    const result = await perform(makeClient(root, patient).client, operation, somebody())

    expect(result).toBe(operation === 'lookup' ? 'none' : 'absent')
    expect(requests).toHaveLength(7)
  })

  it('gives up after so many requests', async () => {
    const { root, requests } = await rawServer(socket => void socket.write(errorReply(502, 'x')))

    expect(await perform(makeClient(root, patient).client, 'readBack', somebody())).toStrictEqual({
      _tag: 'RetryLater',
      afterSeconds: null,
      sent: true,
    })
    expect(requests).toHaveLength(6)
  })

  it('does not wait for a Retry-After that its time does not allow', async () => {
    const { root, requests } = await rawServer(
      socket => void socket.write(errorReply(429, 'x', { 'retry-after': '30' })),
    )

    expect(await perform(makeClient(root, patient).client, 'lookup', somebody())).toStrictEqual({
      _tag: 'Throttled',
      retryAfterSeconds: 30,
    })
    expect(requests).toHaveLength(1)
  })
})
