import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { makeClient } from './making/client.js'
import { perform, somebody } from './making/operations.js'
import { always, errorReply, listen, rawServer, reply } from './making/raw-server.js'

/** A proxy that leads every tunnel to one port. */
const tunnelTo = async (port: number) => {
  const asked: Array<string> = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    for (const end of [socket, onward]) end.on('error', () => undefined)
    socket.on('close', () => onward.destroy())
  })
  const proxyPort = await listen(proxy)
  onTestFinished(async () => {
    proxy.close()
    proxy.closeAllConnections()
    await once(proxy, 'close')
  })
  return { url: `http://127.0.0.1:${proxyPort}`, asked }
}

const environment = (settings: Record<string, string>): void => {
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'NO_PROXY', 'HTTP_PROXY', 'HTTPS_PROXY'])
    vi.stubEnv(name, settings[name])
}
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the proxy of the environment', () => {
  it('is gone through to Graph', async () => {
    const { port } = await rawServer(
      () => undefined,
      socket => void socket.end('no TLS here'),
    )
    const { url, asked } = await tunnelTo(port)
    environment({ HTTPS_PROXY: url })

    // The tunnel leads to something without TLS, so that nothing of ours is sent into it.
    expect(
      await perform(makeClient('https://graph.example/beta').client, 'removal', somebody()),
    ).toStrictEqual({ _tag: 'RetryLater', afterSeconds: null, sent: false })
    expect(asked).toStrictEqual(['graph.example:443'])
  })

  it('is not gone through to loopback, or to what NO_PROXY names', async () => {
    const { root } = await rawServer(always(reply(204)))
    const proxy = await rawServer(always(errorReply(502, 'x')))
    environment({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'graph.invalid' })

    expect(await perform(makeClient(root).client, 'removal', somebody())).toBe('removed')
    expect(
      await perform(makeClient('http://graph.invalid/beta').client, 'removal', somebody()),
    ).toStrictEqual({
      _tag: 'RetryLater',
      afterSeconds: null,
      sent: false,
    })
    expect(proxy.requests).toStrictEqual([])
  })
})
