import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  openNetwork,
  ProxyFailure,
  proxyFor,
  type ProxySettings,
  readProxySettings,
  withoutProxy,
} from '../src/network.js'

type Environment = Readonly<Record<string, string>>

const read = (environment: Environment): ProxySettings => {
  const settings = readProxySettings(environment)
  if (E.isLeft(settings)) throw new Error(settings.left.mistake)
  return settings.right
}

/**
 * A proxy that opens no way, and what it was asked for.
 *
 * @param status that it answers; null for no answer.
 */
const refusingProxy = async (status: number | null) => {
  const asked: Array<{ readonly host: string; readonly authorization: string | undefined }> = []
  const sockets = new Set<{ readonly destroy: () => unknown }>()
  const server = createServer((message, response) => {
    asked.push({ host: `plain ${message.url ?? ''}`, authorization: undefined })
    response.writeHead(405).end()
  })
  server.on('connect', (message, socket) => {
    asked.push({ host: message.url ?? '', authorization: message.headers['proxy-authorization'] })
    sockets.add(socket.on('error', () => undefined))
    if (status !== null) socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port')
  return {
    asked,
    host: `127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets) socket.destroy()
      }),
  }
}

let proxy: Awaited<ReturnType<typeof refusingProxy>>
beforeAll(async () => {
  proxy = await refusingProxy(403)
})
afterAll(() => proxy.close())

/** Which way a call goes; nothing is connected to but the proxy. */
const wayTo = async (url: string, settings: ProxySettings): Promise<unknown> => {
  const dispatcher = openNetwork(settings).openDispatcher({
    connect: (_, done) => {
      done(new Error('directly'), null)
    },
  })
  onTestFinished(() => dispatcher.destroy())
  try {
    await request(url, { dispatcher })
    return 'answered'
  } catch (error) {
    if (error instanceof ProxyFailure) return error.variable
    return error instanceof Error ? error.message : error
  }
}

describe('the proxy of the environment', () => {
  it.each<[Environment, string | null]>([
    [{}, null],
    [{ HTTPS_PROXY: '' }, null],
    [{ HTTPS_PROXY: 'http://one', HTTP_PROXY: 'http://two' }, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: '', HTTP_PROXY: 'http://two' }, 'HTTP_PROXY'],
    [{ https_proxy: 'http://one', HTTPS_PROXY: 'http://two' }, 'https_proxy'],
    [{ http_proxy: 'https://user:p%40ss@one.example:3128/', HTTP_PROXY: 'nonsense' }, 'http_proxy'],
  ])('is that of the first variable that is set (%#)', (environment, variable) => {
    expect(read(environment).proxy?.variable ?? null).toBe(variable)
  })

  it.each([
    'hunter2',
    'hunter2:8080',
    'socks5://hunter2',
    'http://',
    'http://u:hunter2%zz@proxy',
    '//hunter2',
  ])('is refused where it is none, by its name alone (%#)', url => {
    expect(readProxySettings({ HTTPS_PROXY: url })).toStrictEqual(
      E.left({
        variable: 'HTTPS_PROXY',
        mistake: 'HTTPS_PROXY: expected the http or https URL of a proxy, such as http://proxy.example:8080',
      }),
    )
  })

  it.each<[string, string, 'HTTPS_PROXY' | 'directly']>([
    ['https://lethe.example', '', 'HTTPS_PROXY'],
    ['https://lethe.example', 'other.example', 'HTTPS_PROXY'],
    ['https://lethe.example', 'lethe.example', 'directly'],
    ['https://lethe.example', 'LETHE.example', 'directly'],
    ['https://lethe.example.', 'lethe.example', 'directly'],
    ['https://lethe.example', 'lethe.example.', 'directly'],
    ['https://lethe.example', 'example', 'directly'],
    ['https://lethe.example', '.example', 'directly'],
    ['https://lethe.example', '*.example', 'directly'],
    ['https://lethe.example', 'ethe.example', 'HTTPS_PROXY'],
    ['https://lethe.example', '*.lethe.example', 'HTTPS_PROXY'],
    ['https://lethe.example', '.lethe.example', 'directly'],
    ['https://lethe.example', 'lethe.example:443', 'directly'],
    ['https://lethe.example', 'lethe.example:8443', 'HTTPS_PROXY'],
    ['https://lethe.example:8443', 'lethe.example:8443', 'directly'],
    ['https://lethe.example', 'other.example, lethe.example', 'directly'],
    ['https://lethe.example', 'other.example lethe.example', 'directly'],
    ['https://lethe.example', '*', 'directly'],
    ['https://lethe.example', '*:443', 'directly'],
    ['https://lethe.example', '*:80', 'HTTPS_PROXY'],
    ['https://192.0.2.1', '192.0.2.1', 'directly'],
    ['https://192.0.2.1', '192.0.2.0/24', 'HTTPS_PROXY'],
    ['https://[2001:db8::1]', '2001:db8::1', 'directly'],
    ['https://[2001:db8::1]:8443', '[2001:db8::1]:8443', 'directly'],
    ['https://[2001:db8::1]:8443', '[2001:db8::1]:443', 'HTTPS_PROXY'],
    ['https://localhost', '', 'directly'],
    ['https://127.0.0.1:8443', 'other.example', 'directly'],
    ['https://[::1]', '', 'directly'],
    // Plain http is for this machine, and a proxy would read it.
    ['http://127.0.0.1:8080', '', 'directly'],
    ['http://127.0.0.2:8080', '', 'directly'],
    ['http://lethe.example', '', 'directly'],
  ])('of %s with NO_PROXY=%s: %s', async (url, noProxy, way) => {
    const settings = read({ HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: noProxy })
    expect(await wayTo(url, settings)).toBe(way)
    expect(proxyFor(settings, new URL(url)) ?? 'directly').toBe(way)
  })

  it('is told the user and the password', async () => {
    const settings = read({ HTTPS_PROXY: `http://us%3Aer:p%40ss@${proxy.host}` })
    expect(await wayTo('https://signed-in.example', settings)).toBe('HTTPS_PROXY')
    expect(proxy.asked.find(({ host }) => host === 'signed-in.example:443')?.authorization).toBe(
      `Basic ${Buffer.from('us:er:p@ss').toString('base64')}`,
    )
  })

  it('is nobody where none is set', async () => {
    expect(await wayTo('https://lethe.example', withoutProxy)).toBe('directly')
    expect(await wayTo('https://lethe.example', read({ NO_PROXY: '' }))).toBe('directly')
  })
})

describe('a proxy that fails', () => {
  const failureOf = async (url: string): Promise<unknown> => {
    const { fetch } = openNetwork(read({ HTTPS_PROXY: url }))
    try {
      await fetch(new URL('https://lethe.example'), {})
      return 'answered'
    } catch (error) {
      return error instanceof Error ? error.cause : error
    }
  }

  it.each([403, 407, 502])('is told apart by its status, %i', async status => {
    const refusing = await refusingProxy(status)
    onTestFinished(refusing.close)
    const failure = await failureOf(`http://user:hunter2@${refusing.host}`)
    expect(failure).toBeInstanceOf(ProxyFailure)
    expect(failure).toMatchObject({
      code: `PROXY_${status}`,
      variable: 'HTTPS_PROXY',
      reason: String(status),
    })
    expect(String(failure)).toBe('ProxyFailure: The proxy failed')
    expect(refusing.asked.map(({ host }) => host)).toStrictEqual(['lethe.example:443'])
  })

  it('is told apart where nobody listens', async () => {
    const gone = await refusingProxy(200)
    await gone.close()
    expect(await failureOf(`http://${gone.host}`)).toMatchObject({ code: 'PROXY_ECONNREFUSED' })
  })

  it('is told apart where it says nothing', async () => {
    const silent = await refusingProxy(null)
    onTestFinished(silent.close)
    const { openDispatcher } = openNetwork(read({ HTTPS_PROXY: `http://${silent.host}` }))
    const dispatcher = openDispatcher({ connectTimeout: 50 })
    onTestFinished(() => dispatcher.destroy())
    await expect(request('https://lethe.example', { dispatcher })).rejects.toMatchObject({
      code: 'PROXY_UND_ERR_HEADERS_TIMEOUT',
    })
  })
})
