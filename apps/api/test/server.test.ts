import { systemClock } from '@lethe/adapter-system'
import { afterEach, describe, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../src/server.js'
import { errorOf, rowOf } from './making/answer.js'
import { closeConnections, exchange, headerOf, openConnection, partsOf } from './making/raw-connection.js'
import { badRequest, unavailable } from './making/rows.js'

const running: Array<RunningServer> = []
afterEach(async () => {
  closeConnections()
  await Promise.all(running.splice(0).map(server => server.stop(0)))
})

const listen = async (
  fetch: (request: Request) => Response | Promise<Response> = () => new Response('done'),
): Promise<RunningServer> => {
  const server = await startServer({ host: '127.0.0.1', port: 0, fetch, clock: systemClock })
  running.push(server)
  return server
}

const notWellFormed = badRequest('The request is not well-formed HTTP.')

describe('what is no request', () => {
  test.each([
    ['garbage', 'GARBAGE\r\n\r\n'],
    ['a bad version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a bad header', 'GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('%s is 400 in the form of every other error', async (_what, request) => {
    const { port } = await listen()
    const response = await exchange(port, request)
    expect(rowOf(partsOf(response))).toEqual(notWellFormed)
    expect(headerOf(response, 'Content-Type')).toBe('application/json')
    expect(headerOf(response, 'request-id')).toBe(errorOf(partsOf(response)).innerError['request-id'])
  })

  test.each([
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['a Host that makes no URL', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
    ['the target *', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['a target that makes no URL', 'GET http:// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('%s is a JSON error', async (_what, request) => {
    const { port } = await listen()
    const response = await exchange(port, request)
    expect(rowOf(partsOf(response))).toEqual(notWellFormed)
    expect(headerOf(response, 'Content-Type')).toBe('application/json')
    expect(headerOf(response, 'request-id')).toBe(errorOf(partsOf(response)).innerError['request-id'])
  })

  test('headers over the limit are 431', async () => {
    const { port } = await listen()
    const response = await exchange(
      port,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(20_000)}\r\n\r\n`,
    )
    expect(rowOf(partsOf(response))).toEqual({
      status: 431,
      code: 'BadRequest',
      message: 'The request headers are too large.',
    })
    expect(response).not.toContain('yyy')
  })

  test('the server goes on serving', async () => {
    const { port } = await listen()
    await exchange(port, 'GARBAGE\r\n\r\n')
    expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toContain('done')
  })
})

describe('stopping', () => {
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

  test('lets what is in flight finish', async () => {
    const gate = Promise.withResolvers<Response>()
    let asked = 0
    const server = await listen(() => {
      asked += 1
      return gate.promise
    })
    const busy = openConnection(server.port)
    busy.send(get)
    await expect.poll(() => asked).toBe(1)
    const stopped = server.stop(30)
    gate.resolve(new Response('finished'))
    await stopped
    const text = await busy.closed
    expect(text).toContain('finished')
    expect(headerOf(text, 'Connection')).toBe('close')
  })

  test('refuses what comes on a connection that was kept', async () => {
    const server = await listen()
    const kept = openConnection(server.port)
    kept.send(`${get}GET /late HTTP/1.1\r\n`)
    await expect.poll(kept.received).toContain('done')
    expect(headerOf(kept.received(), 'Connection')).toBe('keep-alive')
    const before = kept.received().length
    const stopped = server.stop(30)
    kept.send('Host: x\r\n\r\n')
    await stopped
    const refused = (await kept.closed).slice(before)
    expect(rowOf(partsOf(refused))).toEqual(unavailable)
    expect(headerOf(refused, 'Content-Type')).toBe('application/json')
    expect(headerOf(refused, 'Connection')).toBe('close')
    expect(headerOf(refused, 'Retry-After')).toBe('1')
  })

  test('does not wait for connections that are idle, before or after', async () => {
    const gate = Promise.withResolvers<Response>()
    let asked = 0
    const server = await listen(() => {
      asked += 1
      return gate.promise
    })
    const idle = openConnection(server.port)
    const busy = openConnection(server.port)
    busy.send(get)
    await expect.poll(() => asked).toBe(1)
    // An hour: were it waited for, nobody would see the end of this test.
    const stopped = server.stop(3600)
    gate.resolve(new Response('finished'))
    await stopped
    expect(await busy.closed).toContain('finished')
    await idle.closed
  })

  test('takes no new connection', async () => {
    const server = await listen()
    await server.stop(30)
    const late = openConnection(server.port)
    expect(await late.closed).toBe('')
  })

  test('cuts off what hangs when the time is up', async () => {
    let asked = 0
    const server = await listen(() => {
      asked += 1
      return Promise.withResolvers<Response>().promise
    })
    const hanging = openConnection(server.port)
    hanging.send(get)
    await expect.poll(() => asked).toBe(1)
    const started = performance.now()
    await server.stop(1)
    const took = performance.now() - started
    expect(took).toBeGreaterThan(900)
    expect(await hanging.closed).toBe('')
  })
})

test('a port in use is refused', async () => {
  const { port } = await listen()
  await expect(
    startServer({ host: '127.0.0.1', port, fetch: () => new Response(''), clock: systemClock }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
