import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { memoryDataPlane } from '../src/memory-data-plane.js'
import { openStore } from '../src/open-store.js'
import { type RunningApi, startApi } from '../src/start.js'
import { answerFrom, rowOf } from './making/answer.js'
import { rightOf } from './making/decoded.js'
import { configFor } from './making/environment.js'
import { openIssuer } from './making/issuer.js'
import { keepLog } from './making/log-lines.js'
import type { PersonName } from './making/people.js'
import { bob, usualProfiles } from './making/places.js'
import { closeConnections, exchange, openConnection, partsOf } from './making/raw-connection.js'
import { locationIn, profilesPath, removePath, requestIn, requestsPath } from './making/requests.js'

const issuer = await openIssuer()
const running: Array<RunningApi> = []
afterEach(async () => {
  closeConnections()
  await Promise.all(running.splice(0).map(api => api.stop()))
})
afterAll(issuer.close)

const start = async (environment: Readonly<Record<string, string>> = {}) => {
  const config = configFor(issuer, { LETHE_PORT: '0', LETHE_SHUTDOWN_SECONDS: '2', ...environment })
  const { log, lines } = keepLog()
  const store = rightOf(await openStore(config, 'both', log))
  const started = await startApi(config, 'both', store, memoryDataPlane(usualProfiles), log)
  running.push(started)
  const api = { ...started, port: started.port ?? 0 }
  const ask = async (method: string, path: string, as: PersonName) =>
    answerFrom(
      await fetch(`http://127.0.0.1:${api.port}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${await issuer.tokenOf(as)}`,
          ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
        },
      }),
    )
  return { api, ask, lines }
}

const tooLarge = { status: 413, code: 'BadRequest', message: 'The request body is larger than 1 MiB.' }

describe('over real sockets', () => {
  test('a removal goes from the request to the end by itself', async () => {
    const { ask } = await start()
    const path = locationIn(await ask('POST', removePath(bob.userId), 'lena'))
    expect((await ask('POST', `${path}/approve`, 'megan')).status).toBe(200)
    await expect.poll(async () => requestIn(await ask('GET', path, 'megan')).state).toBe('completed')
    expect((await ask('GET', `${profilesPath}/${bob.userId}`, 'megan')).status).toBe(404)
  })

  test('a body over 1 MiB is 413, by its length', async () => {
    const { api } = await start()
    const token = await issuer.tokenOf('adele')
    const head = `POST ${requestsPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nConnection: close\r\n`
    const body = 'x'.repeat(1024 * 1024 + 1)
    const byLength = await exchange(api.port, `${head}Content-Length: ${body.length}\r\n\r\n${body}`)
    expect(rowOf(partsOf(byLength))).toEqual(tooLarge)
  })

  test('a body over 1 MiB is 413, in chunks', async () => {
    const { api } = await start()
    const token = await issuer.tokenOf('adele')
    const head = `POST ${requestsPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nConnection: close\r\n`
    const chunk = `10000\r\n${'x'.repeat(0x1_00_00)}\r\n`
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`
    expect(rowOf(partsOf(await exchange(api.port, chunked)))).toEqual(tooLarge)
  })

  test('a body of 1 MiB is read', async () => {
    const { api } = await start()
    const response = await fetch(`http://127.0.0.1:${api.port}${requestsPath}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${await issuer.tokenOf('adele')}`,
        'Content-Type': 'application/json',
      },
      body: `"${'x'.repeat(1024 * 1024 - 2)}"`,
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('Malformed body')
  })

  test.each([
    ['chunks that are broken', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n', 'ZZ\r\n'],
    [
      'broken chunks of gzip',
      'Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n',
      'ZZ\r\n',
    ],
    ['chunks that end with the connection', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n', null],
    ['a length that ends with the connection', 'Content-Length: 9\r\n\r\n{', null],
    ['gzip that ends with the connection', 'Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nx', null],
  ])('a body of %s is the client’s mistake: 400, and no error in the log', async (_what, begun, rest) => {
    const printed = [vi.spyOn(console, 'error'), vi.spyOn(console, 'info')]
    const { api, lines } = await start()
    const token = await issuer.tokenOf('adele')
    const connection = openConnection(api.port)
    connection.send(
      `POST ${requestsPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${begun}`,
    )
    // The other request is answered after the server has begun with this one.
    await fetch(`http://127.0.0.1:${api.port}/healthz/live`)
    if (rest === null) connection.destroy()
    else connection.send(rest)
    const text = await connection.closed
    expect(text).toMatch(rest === null ? /^$/ : /^HTTP\/1\.1 400 (?!.*HTTP\/1\.1)/s)
    await expect.poll(() => lines.join('')).toMatch(/"route":"\/lethe\/v1\/removalRequests","status":400/)
    expect(lines.filter(line => !line.includes('"level":30'))).toEqual([])
    for (const print of printed) expect(print).not.toHaveBeenCalled()
  })

  test('another Host changes no link', async () => {
    const { api } = await start()
    const token = await issuer.tokenOf('adele')
    const response = await exchange(
      api.port,
      `POST ${removePath(bob.userId)} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    )
    expect(response).toMatch(/^HTTP\/1\.1 204 /)
    expect(response).toMatch(/^operation-location: https:\/\/lethe\.contoso\.example\/lethe\/v1\//im)
    expect(response).not.toContain('evil')
  })
})

describe('stopping', () => {
  test('the worker finishes what it holds', async () => {
    const { api, ask, lines } = await start({ LETHE_APPROVALS: 'automatic' })
    const path = locationIn(await ask('POST', removePath(bob.userId), 'lena'))
    expect(path).toContain(requestsPath)
    await api.stop()
    expect(lines.join('')).toContain('"msg":"stopped"')
    expect(lines.join('')).not.toContain('"level":50')
  })

  test('twice is once', async () => {
    const { api } = await start()
    await Promise.all([api.stop(), api.stop()])
    await expect(fetch(`http://127.0.0.1:${api.port}/healthz/live`)).rejects.toThrow('fetch failed')
  })

  test('ends within its limit when a request never ends', async () => {
    const token = await issuer.tokenOf('adele')
    const hanging = async (seconds: string) => {
      const { api, lines } = await start({ LETHE_SHUTDOWN_SECONDS: seconds })
      const connection = openConnection(api.port)
      connection.send(
        `POST ${requestsPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
      )
      const other = await fetch(`http://127.0.0.1:${api.port}/healthz/ready`)
      expect(other.status).toBe(200)
      return { seconds, api, connection, lines }
    }
    const ended: Array<string> = []
    const all = [await hanging('5'), await hanging('1')]
    await Promise.all(
      all.map(async ({ seconds, api, connection, lines }) => {
        await api.stop()
        ended.push(seconds)
        await connection.closed
        expect(lines.join('')).toContain('"msg":"stopped"')
      }),
    )
    expect(ended).toEqual(['1', '5'])
  })

  test('a port in use starts nothing: no worker goes on either', async () => {
    const { api } = await start()
    const { log, lines } = keepLog()
    const config = configFor(issuer, { LETHE_PORT: String(api.port) })
    const store = rightOf(await openStore(config, 'both', log))
    await expect(startApi(config, 'both', store, memoryDataPlane(usualProfiles), log)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    expect(lines).toEqual([])
  })
})
