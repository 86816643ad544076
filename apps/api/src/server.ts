import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
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
  readonly timeLimits?: TimeLimits
}

/** How long a client may take to send its headers and the whole request, and how often that is looked at: in milliseconds. */
export interface TimeLimits {
  readonly headers: number
  readonly request: number
  readonly lookEvery: number
}

const usualTimeLimits: TimeLimits = { headers: 20_000, request: 60_000, lookEvery: 5_000 }

/** How long a client may take to close its end of a connection that is given up, in milliseconds. */
const lingering = 1_000

const notWellFormed = graphErrors.badRequest('The request is not well-formed HTTP.')

/** Listens for HTTP. Rejects where the address cannot be had. */
export const startServer = async ({
  host,
  port,
  fetch,
  clock,
  timeLimits = usualTimeLimits,
}: ServerSettings): Promise<RunningServer> => {
  const listener = getRequestListener(fetch, {
    // For HTTP/1.0, which knows no Host. No answer depends on it.
    hostname: 'localhost',
    errorHandler: error =>
      responseWith(error instanceof RequestError ? notWellFormed : graphErrors.unexpected, clock),
  })
  const sockets = new Set<Socket>()
  const inFlight = new Set<ServerResponse>()
  const latest = new WeakMap<Duplex, Exchange>()
  let stopping = false
  const server = createServer(
    {
      headersTimeout: timeLimits.headers,
      requestTimeout: timeLimits.request,
      connectionsCheckingInterval: timeLimits.lookEvery,
      requireHostHeader: false,
    },
    (request, response) => {
      latest.set(request.socket, { request, response })
      if (stopping) {
        refuse(response, graphErrors.serviceNotAvailable, clock, { 'Retry-After': '1' })
        return
      }
      if (!hasItsHost(request)) {
        refuse(response, notWellFormed, clock)
        return
      }
      track(inFlight, response)
      void listener(request, response)
    },
  )
  server.on('connection', (socket: Socket) => {
    track(sockets, socket)
  })
  server.on('clientError', (error: Error & { readonly code?: string }, socket) => {
    const exchange = latest.get(socket)
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswered(exchange)) socket.destroy()
    else endWith(socket, brokenRow(error.code), clock)
  })
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    refuse(response, graphErrors.expectationFailed, clock)
  })
  server.on('connect', (_request, socket) => {
    // Nobody else listens to this connection any more; an error that is not listened to would end the process.
    socket.on('error', () => socket.destroy()).resume()
    endWith(socket, graphErrors.methodNotAllowed, clock, { Allow: 'GET, POST' })
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

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Whether a connection broke in the middle of a request that was answered before it had come to its end. */
const isAnswered = (exchange: Exchange | undefined): boolean =>
  exchange !== undefined && !exchange.request.complete && exchange.response.headersSent

/** One Host; or none, in a version that did not know it (RFC 9112, 3.2). */
const hasItsHost = ({ rawHeaders, httpVersion }: IncomingMessage): boolean => {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  return hosts.length === 1 || (hosts.length === 0 && httpVersion < '1.1')
}

const brokenRow = (code: string | undefined): GraphErrorRow => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return graphErrors.requestTooSlow
  return code === 'HPE_HEADER_OVERFLOW' ? graphErrors.headersTooLarge : notWellFormed
}

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

type Headers = Readonly<Record<string, string>>

/** Answers a request that never comes as far as the app, and gives its connection up. */
const refuse = (response: ServerResponse, row: GraphErrorRow, clock: Clock, more: Headers = {}): void => {
  const { headers, text } = errorMessage(row, clock)
  response.writeHead(row.status, { ...headers, ...more, Connection: 'close' })
  response.end(text)
}

/** The same where there is no response to write to: after what is no HTTP request, or not the whole of one. */
const endWith = (socket: Duplex, row: GraphErrorRow, clock: Clock, more: Headers = {}): void => {
  const { headers, text } = errorMessage(row, clock)
  const sent = {
    ...headers,
    ...more,
    'Content-Length': String(Buffer.byteLength(text)),
    Connection: 'close',
  }
  socket.end(
    [
      `HTTP/1.1 ${row.status} ${STATUS_CODES[row.status] ?? ''}`,
      ...Object.entries(sent).map(([name, value]) => `${name}: ${value}`),
      '',
      text,
    ].join('\r\n'),
  )
  // To close both ends at once could take the answer away from a client that still sends (RFC 9112, 9.6).
  const patience = setTimeout(() => socket.destroy(), lingering).unref()
  socket.once('close', () => {
    clearTimeout(patience)
  })
}
