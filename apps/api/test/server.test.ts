import { systemClock } from '@lethe/adapter-system'
import { afterEach, describe, expect, test } from 'vitest'
import { type RunningServer, type ServerBounds, startServer, type TimeLimits } from '../src/server.js'
import { errorOf, type Row, rowOf } from './making/answer.js'
import { closeConnections, exchange, headerOf, openConnection, partsOf } from './making/raw-connection.js'
import { badRequest, unavailable, wrongMethod } from './making/rows.js'

const running: Array<RunningServer> = []
afterEach(async () => {
  closeConnections()
  await Promise.all(running.splice(0).map(server => server.stop(0)))
})

const listen = async (
  fetch: (request: Request) => Response | Promise<Response> = () => new Response('done'),
  timeLimits: Partial<TimeLimits> = {},
  bounds: Partial<ServerBounds> = {},
): Promise<RunningServer> => {
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    fetch,
    clock: systemClock,
    timeLimits,
    bounds,
  })
  running.push(server)
  return server
}

const notWellFormed = badRequest('The request is not well-formed HTTP.')
const tooSlow = { status: 408, code: 'BadRequest', message: 'The request did not arrive in time.' }

/** How many answers there are in all that came on a connection. */
const answersIn = (text: string): number => text.split('HTTP/1.1 ').length - 1

/** What is to be seen of the answers on a connection. */
const errorsIn = (text: string) => ({
  answers: answersIn(text),
  row: rowOf(partsOf(text)),
  contentType: headerOf(text, 'Content-Type'),
  connection: headerOf(text, 'Connection'),
  requestId: headerOf(text, 'request-id') === errorOf(partsOf(text)).innerError['request-id'],
})

/** One answer, in the form of every other error. */
const oneError = (row: Row) => ({
  answers: 1,
  row,
  contentType: 'application/json',
  connection: 'close',
  requestId: true,
})

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
    expect(errorsIn(await exchange(port, request))).toEqual(oneError(notWellFormed))
  })

  test.each([
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['a Host twice', 'GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\nConnection: close\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n'],
    ['two Hosts in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n'],
    ['a Host that makes no URL', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
    ['the target *', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['a target that makes no URL', 'GET http:// HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('%s is a JSON error', async (_what, request) => {
    const { port } = await listen()
    expect(errorsIn(await exchange(port, request))).toEqual(oneError(notWellFormed))
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

test.each(['', 'Host: \r\n', 'Host: x\r\n'])(
  'HTTP/1.0 is answered, with or without Host (%j)',
  async headers => {
    const { port } = await listen(request => new Response(new URL(request.url).pathname))
    const response = await exchange(port, `GET /a/b HTTP/1.0\r\n${headers}\r\n`)
    expect(response).toMatch(/^HTTP\/1\.1 200 /)
    expect(response).toMatch(/\r\n\r\n\/a\/b$/)
  },
)

describe('a request that is too slow', () => {
  const timeLimits = { headers: 50, request: 100, lookEvery: 10 }
  const post = 'POST / HTTP/1.1\r\nHost: x\r\n'

  test.each([
    ['says nothing', ''],
    ['does not end its request line', 'GET /'],
    ['does not end its headers', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['does not end its body', `${post}Content-Length: 10\r\n\r\n{`],
    ['does not end a chunk', `${post}Transfer-Encoding: chunked\r\n\r\n9\r\n{`],
    ['does not end its chunks', `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`],
  ])('is 408 where it %s', async (_what, sent) => {
    const { port } = await listen(async request => new Response(await request.text()), timeLimits)
    expect(errorsIn(await exchange(port, sent))).toEqual(oneError(tooSlow))
  })

  test('is not answered twice', async () => {
    const { port } = await listen(() => new Response('early'), {
      headers: 1000,
      request: 2000,
      lookEvery: 10,
    })
    const text = await exchange(port, `${post}Content-Length: 10\r\n\r\n{`)
    expect(answersIn(text)).toBe(1)
    expect(text).toContain('early')
  })

  test('loses its connection, also where the client keeps it open', async () => {
    const { port } = await listen(undefined, timeLimits)
    const connection = openConnection(port, true)
    connection.send('GET / HTTP/1.1\r\n')
    await expect.poll(() => answersIn(connection.received())).toBe(1)
    await expect
      .poll(() => {
        connection.send('x')
        return connection.isOpen()
      })
      .toBe(false)
    expect(errorsIn(connection.received())).toEqual(oneError(tooSlow))
  })
})

describe('a body in chunks that are broken', () => {
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'

  test.each([
    ['at once', `${head}ZZ\r\n`],
    ['later', `${head}1\r\n{\r\nZZ\r\n`],
    ['in their length', `${head}1\r\n{}}\r\n0\r\n\r\n`],
  ])('is 400, %s', async (_when, sent) => {
    const { port } = await listen(async request => new Response(await request.text()))
    expect(errorsIn(await exchange(port, sent))).toEqual(oneError(notWellFormed))
  })

  test('is 400 where they break while the body is read', async () => {
    const reading = Promise.withResolvers<void>()
    const { port } = await listen(async request => {
      const text = request.text()
      reading.resolve()
      return new Response(await text)
    })
    const connection = openConnection(port)
    connection.send(`${head}1\r\n{\r\n`)
    await reading.promise
    connection.send('ZZ\r\n')
    expect(errorsIn(await connection.closed)).toEqual(oneError(notWellFormed))
  })

  test('is not answered twice', async () => {
    const { port } = await listen(() => new Response('early'))
    const connection = openConnection(port)
    connection.send(`${head}1\r\n{\r\n`)
    await expect.poll(connection.received).toContain('early')
    connection.send('ZZ\r\n')
    expect(answersIn(await connection.closed)).toBe(1)
  })
})

describe('what is not done here', () => {
  test.each(['something-else', '200-ok'])('an Expect of %j is 417', async expectation => {
    const { port } = await listen()
    const sent = `POST / HTTP/1.1\r\nHost: x\r\nExpect: ${expectation}\r\nContent-Length: 2\r\n\r\n{}`
    const row = {
      status: 417,
      code: 'BadRequest',
      message: 'The Expect header is not met: only 100-continue is. Send the request without it.',
    }
    expect(errorsIn(await exchange(port, sent))).toEqual(oneError(row))
  })

  test('an Expect of 100-continue is met', async () => {
    const { port } = await listen(async request => new Response(await request.text()))
    const connection = openConnection(port)
    connection.send(
      'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nConnection: close\r\nContent-Length: 4\r\n\r\n',
    )
    await expect.poll(connection.received).toContain('HTTP/1.1 100 Continue')
    connection.send('sent')
    expect(await connection.closed).toContain('sent')
  })

  test.each([
    ['garbage', 'GARBAGE\r\n\r\n'],
    ['CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n'],
  ])('%s behind a request that is being answered takes its answer from nobody', async (_what, behind) => {
    const { port } = await listen(async () => {
      // What came in the same packet has been read by then.
      await new Promise(resolve => setImmediate(resolve))
      return new Response('done')
    })
    const said = await exchange(port, `GET / HTTP/1.1\r\nHost: x\r\n\r\n${behind}`)
    expect([answersIn(said), partsOf(said).status, headerOf(said, 'Connection')]).toEqual([1, 200, 'close'])
  })

  test('CONNECT does no harm where its client is gone at once', async () => {
    const server = await listen()
    const connection = openConnection(server.port, true)
    connection.send('CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n')
    await expect.poll(connection.received).toContain('405')
    connection.reset()
    // Ends when no connection is left: the end of this one has to be noticed.
    await server.stop(3600)
    expect(answersIn(await connection.closed)).toBe(1)
  })

  test('CONNECT is 405 whatever comes behind it', async () => {
    const { port } = await listen()
    const response = await exchange(port, `CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n${get.repeat(1000)}`)
    expect(errorsIn(response)).toEqual(oneError(wrongMethod))
    expect(await exchange(port, 'GET / HTTP/1.0\r\n\r\n')).toContain('done')
  })

  test('CONNECT is 405', async () => {
    const { port } = await listen()
    const response = await exchange(port, 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n')
    expect(errorsIn(response)).toEqual(oneError(wrongMethod))
    expect(headerOf(response, 'Allow')).toBe('GET, POST')
  })
})

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

describe('a connection that is kept', () => {
  test('is kept for 75 s, and says so', async () => {
    const { port } = await listen()
    const kept = openConnection(port)
    kept.send(get)
    await expect.poll(kept.received).toContain('done')
    expect(headerOf(kept.received(), 'Keep-Alive')).toBe('timeout=75')
  })

  test('may be silent for longer than headers may take', async () => {
    const { port } = await listen(undefined, { headers: 1000, request: 1000, lookEvery: 10 })
    const kept = openConnection(port)
    kept.send(get)
    await expect.poll(kept.received).toContain('done')
    // One that came later, and is silent from the start, is given up.
    expect(rowOf(partsOf(await exchange(port, '')))).toEqual(tooSlow)
    kept.send(get)
    await expect.poll(() => answersIn(kept.received())).toBe(2)
  })

  test('is closed when it was silent for long', async () => {
    const { port } = await listen(undefined, { keepAlive: 1 })
    const kept = openConnection(port)
    kept.send(get)
    expect(await kept.closed).toContain('done')
  })
})

/** Answers in the order in which it is told to, and counts what it is asked. */
const gated = () => {
  const asked: Array<PromiseWithResolvers<Response>> = []
  return {
    asked,
    fetch: (): Promise<Response> => {
      const answer = Promise.withResolvers<Response>()
      asked.push(answer)
      return answer.promise
    },
  }
}

describe('requests that do not wait for the answer before', () => {
  test('are worked on one after the other', async () => {
    const { asked, fetch } = gated()
    const { port } = await listen(fetch)
    const connection = openConnection(port)
    connection.send(get.repeat(3))
    for (const number of [1, 2, 3]) {
      await expect.poll(() => asked.length).toBe(number)
      asked[number - 1]?.resolve(new Response(`answer ${number}`))
      await expect.poll(connection.received).toContain(`answer ${number}`)
    }
    expect(answersIn(connection.received())).toBe(3)
  })

  test('are all answered in their order, however many there are', async () => {
    const { port } = await listen(async request => {
      const text = await request.text()
      return new Response(`${new URL(request.url).pathname} ${text.length};`)
    })
    const connection = openConnection(port)
    const padding = 'y'.repeat(1200)
    const numbers = Array.from({ length: 500 }, (_, index) => index)
    for (const number of numbers) {
      const body = 'z'.repeat(number)
      connection.send(
        `POST /${number} HTTP/1.1\r\nHost: x\r\nX-Padding: ${padding}\r\nContent-Length: ${number}\r\n\r\n${body}`,
      )
    }
    await expect.poll(() => answersIn(connection.received())).toBe(500)
    expect(connection.received().match(/\/\d+ \d+;/g)).toEqual(numbers.map(number => `/${number} ${number};`))
    connection.send(get)
    await expect.poll(() => answersIn(connection.received())).toBe(501)
  })

  test('lose their connection where too many wait', async () => {
    const { asked, fetch } = gated()
    const { port } = await listen(fetch, {}, { waitingOnOne: 2, waiting: 2 })
    const flooding = openConnection(port)
    flooding.send(get.repeat(1000))
    expect(await flooding.closed).toBe('')
    expect(asked).toHaveLength(1)
    const patient = openConnection(port)
    patient.send(get.repeat(3))
    await expect.poll(() => asked.length).toBe(2)
    expect(patient.isOpen()).toBe(true)
  })

  test('lose their connection where too many wait on all of them', async () => {
    const { asked, fetch } = gated()
    const { port } = await listen(fetch, {}, { waiting: 2 })
    const first = openConnection(port)
    first.send(get.repeat(3))
    await expect.poll(() => asked.length).toBe(1)
    const second = openConnection(port)
    second.send(get.repeat(2))
    expect(await second.closed).toBe('')
    expect(asked).toHaveLength(2)
    // What was answered waits no more.
    const third = openConnection(port)
    for (const connection of [first, third]) {
      if (connection === third) third.send(get.repeat(3))
      await expect
        .poll(() => {
          asked.splice(0).forEach(answer => answer.resolve(new Response('done')))
          return answersIn(connection.received())
        })
        .toBe(3)
    }
  })

  test('are not worked on after the last answer of their connection', async () => {
    const { asked, fetch } = gated()
    const server = await listen(fetch)
    const connection = openConnection(server.port)
    connection.send(get.repeat(2))
    await expect.poll(() => asked.length).toBe(1)
    server.drain()
    asked[0]?.resolve(new Response('last'))
    expect(answersIn(await connection.closed)).toBe(1)
    expect(asked).toHaveLength(1)
  })
})

describe('an answer that is not read', () => {
  /** More than what the system keeps for a connection. */
  const large = 'x'.repeat(16 * 1024 * 1024)
  const closes = (connection: ReturnType<typeof openConnection>) =>
    expect
      .poll(() => {
        connection.send(get)
        return connection.isOpen()
      })
      .toBe(false)

  test('ends its connection, and nothing more of it is worked on', async () => {
    let asked = 0
    const fetch = () => {
      asked += 1
      return new Response(large)
    }
    const { port } = await listen(fetch, { write: 50 })
    const silent = openConnection(port)
    silent.stopReading()
    silent.send(get.repeat(3))
    await closes(silent)
    expect(asked).toBe(1)
  })

  test('sets no limit to the next one, which may take long to make', async () => {
    const { asked, fetch } = gated()
    const { port } = await listen(fetch, { write: 1000 })
    const connection = openConnection(port)
    connection.send(get.repeat(2))
    await expect.poll(() => asked.length).toBe(1)
    asked[0]?.resolve(new Response(large))
    await expect.poll(() => asked.length).toBe(2)
    const other = openConnection(port)
    other.stopReading()
    other.send(get)
    await expect.poll(() => asked.length).toBe(3)
    asked[2]?.resolve(new Response(large))
    // The limit has passed on another connection.
    await closes(other)
    asked[1]?.resolve(new Response('second'))
    await expect.poll(connection.received).toContain('second')
  })

  test('ends first where it has waited for longest, once too much waits in all', async () => {
    let asked = 0
    const fetch = () => {
      asked += 1
      return new Response(large)
    }
    const { port } = await listen(fetch, {}, { unsentBytes: 1.5 * large.length })
    const [first, second] = [openConnection(port), openConnection(port)]
    for (const [index, silent] of [first, second].entries()) {
      silent.stopReading()
      silent.send(get)
      await expect.poll(() => asked).toBe(index + 1)
    }
    await closes(first)
    expect(second.isOpen()).toBe(true)
  })
})

test('more than is worked on at once is 503, but for probes', async () => {
  const { asked, fetch } = gated()
  const { port } = await listen(fetch, {}, { underWay: 1 })
  const busy = openConnection(port)
  busy.send(get)
  await expect.poll(() => asked.length).toBe(1)
  const refused = await exchange(port, get)
  expect(errorsIn(refused)).toEqual(oneError(unavailable))
  expect(headerOf(refused, 'Retry-After')).toBe('1')
  const probe = openConnection(port)
  probe.send('GET /healthz/live HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(() => asked.length).toBe(2)
  asked.forEach(answer => answer.resolve(new Response('done')))
  await expect.poll(busy.received).toContain('done')
  await expect.poll(probe.received).toContain('done')
  busy.send(get)
  await expect.poll(() => asked.length).toBe(3)
})

describe('draining', () => {
  test('serves on, with the last answer of each connection', async () => {
    const { asked, fetch } = gated()
    const server = await listen(fetch)
    const [busy, kept] = [openConnection(server.port), openConnection(server.port)]
    kept.send(get)
    await expect.poll(() => asked.length).toBe(1)
    asked[0]?.resolve(new Response('before'))
    await expect.poll(kept.received).toContain('before')
    busy.send(get)
    await expect.poll(() => asked.length).toBe(2)
    server.drain()
    const fresh = openConnection(server.port)
    for (const connection of [kept, fresh]) connection.send(get)
    await expect.poll(() => asked.length).toBe(4)
    asked.forEach(answer => answer.resolve(new Response('after')))
    for (const connection of [busy, kept, fresh]) {
      const text = await connection.closed
      expect(text).toContain('after')
      expect(headerOf(text.slice(text.lastIndexOf('HTTP/1.1 ')), 'Connection')).toBe('close')
    }
  })
})

describe('stopping', () => {
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

  test('lets a client take the answer that was written, and closes what is idle after that', async () => {
    const body = 'x'.repeat(32 * 1024 * 1024)
    const server = await listen(request => new Response(request.url.endsWith('/long') ? body : 'done'))
    const slow = openConnection(server.port)
    slow.stopReading()
    slow.send('GET /long HTTP/1.1\r\nHost: x\r\n\r\n')
    const kept = openConnection(server.port)
    // Sent later and answered: by then the long answer was written as well.
    await expect
      .poll(() => {
        kept.send(get)
        return answersIn(kept.received())
      })
      .toBeGreaterThan(2)
    const stopped = server.stop(3600)
    slow.readAgain()
    await stopped
    const answer = await slow.closed
    expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(body.length)
    await kept.closed
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
