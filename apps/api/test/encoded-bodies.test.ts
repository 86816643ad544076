import { request } from 'node:http'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../src/server.js'
import { systemClock } from '@lethe/adapter-system'
import { rowOf } from './making/answer.js'
import { openIssuer } from './making/issuer.js'
import { bob } from './making/places.js'
import { removePath, requestIn, requestsPath } from './making/requests.js'
import {
  badRequest,
  brokenGzip,
  contentTypeNotJson,
  encodingNotSupported,
  payloadTooLarge,
} from './making/rows.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
const running: Array<RunningServer> = []
afterEach(() => Promise.all(running.splice(0).map(server => server.stop(0))))
afterAll(issuer.close)

const mebibyte = 1024 * 1024
const gzip = { 'Content-Encoding': 'gzip' }
const asked = JSON.stringify({ userId: bob.userId })

/** JSON of so many bytes. */
const jsonOfSize = (bytes: number): string => `"${'x'.repeat(bytes - 2)}"`

const post = (body: unknown, headers: Readonly<Record<string, string>>, path = requestsPath) =>
  openWorld(issuer).ask('POST', path, { as: 'adele', body, headers })

describe('a body that breaks off', () => {
  const broken = (): ReadableStream =>
    new ReadableStream({
      start: controller => {
        controller.enqueue(new TextEncoder().encode('{'))
        controller.error(new Error('the connection broke'))
      },
    })

  test.each([{}, gzip, { 'Content-Length': '2' }])('is 400, and no error of Lethe (%j)', async headers => {
    const { fetch, logged } = openWorld(issuer)
    const token = await issuer.tokenOf('adele')
    const answer = await fetch(
      new Request(`http://lethe.example${requestsPath}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
        body: broken(),
        duplex: 'half',
      }),
    )
    expect(answer.status).toBe(400)
    expect(logged.join('')).not.toContain('"level":50')
  })
})

describe('a body with Content-Encoding: gzip', () => {
  test.each(['gzip', 'GZIP', 'identity, gzip', ' gzip '])('is read (%j)', async coding => {
    const answer = await post(gzipSync(asked), { 'Content-Encoding': coding })
    expect(requestIn(answer).userId).toBe(bob.userId)
  })

  test('is read in a batch as well, and where an action takes none', async () => {
    const batch = { requests: [{ id: '1', method: 'GET', url: '/directory/inboundSharedUserProfiles' }] }
    expect((await post(gzipSync(JSON.stringify(batch)), gzip, '/beta/$batch')).status).toBe(200)
    expect((await post(gzipSync('{}'), gzip, removePath(bob.userId))).status).toBe(204)
    expect(rowOf(await post(gzipSync('{"a":1}'), gzip, removePath(bob.userId)))).toEqual(
      badRequest('This action does not take a request body.'),
    )
  })

  test('may be 1 MiB when it is decoded, and not a byte more', async () => {
    expect((await post(gzipSync(jsonOfSize(mebibyte)), gzip)).text).toContain('Malformed body')
    expect(rowOf(await post(gzipSync(jsonOfSize(mebibyte + 1)), gzip))).toEqual(payloadTooLarge)
  })

  test('is not inflated beyond that: what comes later is not looked at', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * mebibyte))
    bomb.fill(0x55, bomb.length / 2)
    expect(rowOf(await post(bomb, gzip))).toEqual(payloadTooLarge)
  })

  test('counts as it was sent, too', async () => {
    const { ask } = openWorld(issuer)
    const incompressible = gzipSync(jsonOfSize(mebibyte), { level: 0 })
    expect(incompressible.length).toBeGreaterThan(mebibyte)
    expect(
      rowOf(await ask('POST', requestsPath, { as: 'adele', body: incompressible, headers: gzip })),
    ).toEqual(payloadTooLarge)
  })

  test.each([
    ['no gzip', Buffer.from(asked)],
    ['deflated', deflateSync(asked)],
    ['cut off', gzipSync(asked).subarray(0, -1)],
    ['with more behind it', Buffer.concat([gzipSync(asked), Buffer.from('}')])],
    ['changed on the way', gzipSync(asked).fill(0x55, 12, 16)],
  ])('is 400 where it is %s', async (_what, body) => {
    expect(rowOf(await post(body, gzip))).toEqual(brokenGzip)
  })

  test('may be empty', async () => {
    expect((await post('', gzip, removePath(bob.userId))).status).toBe(204)
  })
})

describe('any other Content-Encoding', () => {
  test.each(['br', 'deflate', 'zstd', 'gzip, gzip', 'gzip, br', 'gzip;q=1', 'x'])(
    '%s is 415, and says what is taken',
    async coding => {
      const answer = await post(asked, { 'Content-Encoding': coding })
      expect(rowOf(answer)).toEqual(encodingNotSupported)
      expect(answer.headers.get('Accept-Encoding')).toBe('gzip')
      expect(answer.headers.get('Content-Type')).toBe('application/json')
    },
  )

  test.each(['identity', 'Identity', ' ', 'identity, identity'])('%j is none', async coding => {
    const answer = await post(asked, { 'Content-Encoding': coding })
    expect(requestIn(answer).userId).toBe(bob.userId)
  })

  test('comes before the Content-Type, and after the permission', async () => {
    const { ask } = openWorld(issuer)
    const headers = { 'Content-Encoding': 'br', 'Content-Type': 'text/plain' }
    expect(rowOf(await ask('POST', requestsPath, { as: 'adele', body: asked, headers }))).toEqual(
      encodingNotSupported,
    )
    expect((await ask('POST', requestsPath, { as: 'pradeep', body: asked, headers })).status).toBe(403)
    const plain = { ...gzip, 'Content-Type': 'text/plain' }
    expect(
      rowOf(await ask('POST', requestsPath, { as: 'adele', body: gzipSync(asked), headers: plain })),
    ).toEqual(contentTypeNotJson)
  })
})

describe('over a connection', () => {
  /** Sends a body in one piece with its length, or in chunks. */
  const send = async (chunks: ReadonlyArray<Buffer>, coding: string) => {
    const server = await startServer({
      host: '127.0.0.1',
      port: 0,
      fetch: openWorld(issuer).fetch,
      clock: systemClock,
    })
    running.push(server)
    const token = await issuer.tokenOf('adele')
    return new Promise<number>((resolve, reject) => {
      const sending = request(
        {
          host: '127.0.0.1',
          port: server.port,
          method: 'POST',
          path: requestsPath,
          headers: {
            Authorization: `Bearer ${token}`,
            'Content-Type': 'application/json',
            'Content-Encoding': coding,
          },
        },
        response => {
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
      sending.on('error', reject)
      for (const chunk of chunks.slice(0, -1)) sending.write(chunk)
      sending.end(chunks.at(-1))
    })
  }

  test.each([
    ['gzip', gzipSync(asked), 201],
    ['gzip', Buffer.from(asked), 400],
    ['gzip', gzipSync(Buffer.alloc(2 * mebibyte)), 413],
    ['identity', Buffer.from(asked), 201],
    ['br', Buffer.from(asked), 415],
  ])('%s', async (coding, body, status) => {
    expect(await send([body], coding)).toBe(status)
    expect(await send([body.subarray(0, 9), body.subarray(9)], coding)).toBe(status)
  })
})
