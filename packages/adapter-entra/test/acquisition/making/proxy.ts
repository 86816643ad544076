import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'

/** A proxy over loopback that tunnels (RFC 9110 section 9.3.6), always to the same port of this machine. */
export interface TunnelProxy {
  readonly url: string
  /** The hosts and ports asked for so far. */
  readonly tunnels: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

/** @param port where every tunnel ends, whatever host was asked for. */
export const openProxy = async (port: number): Promise<TunnelProxy> => {
  const tunnels: Array<string> = []
  const sockets = new Set<{ readonly destroy: () => unknown }>()
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connect', (request, client) => {
    tunnels.push(request.url ?? '')
    const target: Socket = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    tunnels,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
