import { createServer, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Clock } from '@lethe/application'
import { errorBody, graphErrors, type GraphErrorRow } from '@lethe/graph-contract'
import { randomUUID } from 'node:crypto'
import { commonHeaders } from './http/context.js'

export interface RunningServer {
  readonly port: number
  /**
   * Takes no new work, lets what is under way finish, and cuts off what is not done in time.
   *
   * @param withinSeconds how long it may take.
   */
  readonly stop: (withinSeconds: number) => Promise<void>
}

export interface ServerSettings {
  readonly host: string
  readonly port: number
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly clock: Clock
}

const notWellFormed = graphErrors.badRequest('The request is not well-formed HTTP.')

/** How long a client may take to send its headers, and the whole request, in milliseconds. */
const headersTimeout = 20_000
const requestTimeout = 60_000

/** Listens for HTTP. Rejects where the address cannot be had. */
export const startServer = async ({ host, port, fetch, clock }: ServerSettings): Promise<RunningServer> => {
  const listener = getRequestListener(fetch, {
    errorHandler: error =>
      responseWith(error instanceof RequestError ? notWellFormed : graphErrors.unexpected, clock),
  })
  const sockets = new Set<Socket>()
  const inFlight = new Set<ServerResponse>()
  let stopping = false
  const server = createServer(
    { headersTimeout, requestTimeout, requireHostHeader: false },
    (request, response) => {
      if (stopping) {
        refuse(response, clock)
        return
      }
      track(inFlight, response)
      void listener(request, response)
    },
  )
  server.on('connection', (socket: Socket) => {
    track(sockets, socket)
  })
  server.on('clientError', (error: Error & { readonly code?: string }, socket: Socket) => {
    answerBrokenRequest(error.code, socket, clock)
  })
  await listening(server, host, port)
  return {
    port: portOf(server),
    stop: async withinSeconds => {
      stopping = true
      // Else a connection would outlive its last answer, and a silent one the time that headers may take.
      for (const response of inFlight) response.shouldKeepAlive = false
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
      await closed(server, withinSeconds)
    },
  }
}

/** Why an address cannot be listened on, in the word of the system such as EADDRINUSE; null for any other error. */
export const addressProblem = (error: unknown): string | null =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null

/** Keeps something in a set until it is closed. */
const track = <A extends Socket | ServerResponse>(open: Set<A>, one: A): void => {
  open.add(one)
  one.once('close', () => {
    open.delete(one)
  })
}

const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const closed = (server: Server, withinSeconds: number): Promise<void> =>
  new Promise(resolve => {
    const cutOff = setTimeout(() => {
      server.closeAllConnections()
    }, withinSeconds * 1000)
    server.close(() => {
      clearTimeout(cutOff)
      resolve()
    })
    server.closeIdleConnections()
  })

interface ErrorMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** The same headers and body as an error of the app. */
const errorMessage = (row: GraphErrorRow, clock: Clock): ErrorMessage => {
  const requestId = randomUUID()
  const body = errorBody(row, { at: clock.now(), requestId, clientRequestId: requestId })
  return {
    headers: { 'Content-Type': 'application/json', ...commonHeaders(requestId, requestId) },
    text: JSON.stringify(body),
  }
}

/** Answers what never came as far as the app: a request whose target or host makes no URL. */
const responseWith = (row: GraphErrorRow, clock: Clock): Response => {
  const { headers, text } = errorMessage(row, clock)
  return new Response(text, { status: row.status, headers })
}

/** Answers on a connection that was kept alive into the shutdown. */
const refuse = (response: ServerResponse, clock: Clock): void => {
  const { headers, text } = errorMessage(graphErrors.serviceNotAvailable, clock)
  response.writeHead(503, { ...headers, 'Retry-After': '1', Connection: 'close' })
  response.end(text)
}

/** Answers what is no HTTP request, or one with headers that are too large, in the form of every other error. */
const answerBrokenRequest = (code: string | undefined, socket: Socket, clock: Clock): void => {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const row = code === 'HPE_HEADER_OVERFLOW' ? graphErrors.headersTooLarge : notWellFormed
  const { headers, text } = errorMessage(row, clock)
  const sent = { ...headers, 'Content-Length': String(Buffer.byteLength(text)), Connection: 'close' }
  socket.end(
    [
      `HTTP/1.1 ${row.status} ${STATUS_CODES[row.status] ?? ''}`,
      ...Object.entries(sent).map(([name, value]) => `${name}: ${value}`),
      '',
      text,
    ].join('\r\n'),
  )
}
