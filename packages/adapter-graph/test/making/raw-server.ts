import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a scripted server does with a request. */
export type Script = (socket: Socket, request: string, number: number) => void

/** A server that speaks raw TCP. */
export interface RawServer {
  readonly port: number
  readonly root: string
  /** The requests that it got, as they were on the wire. */
  readonly requests: ReadonlyArray<string>
  readonly connections: () => number
}

export const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('Expected a port')
  return address.port
}

/**
 * Serves by script; gone when the test ends. A request ends with its headers: none of ours has a body.
 *
 * @param onConnect done with each connection, before anything is read.
 */
export const rawServer = async (
  script: Script,
  onConnect: (socket: Socket) => void = () => undefined,
): Promise<RawServer> => {
  const sockets = new Set<Socket>()
  const requests: Array<string> = []
  let connections = 0
  const server = createServer(socket => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    onConnect(socket)
    let received = ''
    socket.on('data', chunk => {
      received += chunk.toString('latin1')
      for (let end = received.indexOf('\r\n\r\n'); end !== -1; end = received.indexOf('\r\n\r\n')) {
        const request = received.slice(0, end)
        received = received.slice(end + 4)
        requests.push(request)
        script(socket, request, requests.length)
      }
    })
  })
  const port = await listen(server)
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { port, root: `http://127.0.0.1:${port}/beta`, requests, connections: () => connections }
}

/** A port of this machine on which nobody listens. */
export const deadPort = async (): Promise<number> => {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}

/** An answer as it stands on the wire. */
export const reply = (
  status: number,
  { headers = {}, body = '' }: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): string =>
  [
    `HTTP/1.1 ${status} Whatever`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(status === 204 ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
    '',
    body,
  ].join('\r\n')

/** Always gives the same answer. */
export const always =
  (answer: string): Script =>
  socket =>
    void socket.write(answer)

/** A Graph that answers with an empty collection, and with something else to all the rest. */
export const besideTheCollection =
  (answer: string): Script =>
  (socket, request) =>
    void socket.write(
      request.startsWith('GET /beta/directory/inboundSharedUserProfiles HTTP')
        ? reply(200, { body: '{"value":[]}' })
        : answer,
    )

/** An answer of Graph with an error. */
export const errorReply = (status: number, code: string, headers: Record<string, string> = {}): string =>
  reply(status, {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ error: { code, message: 'A secret of somebody@fabrikam.example.' } }),
  })
