import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Clock } from '@lethe/application'
import { errorBody, graphErrors, type GraphErrorRow } from '@lethe/graph-contract'
import { randomUUID } from 'node:crypto'
import {
  type ConnectionBounds,
  type Exchange,
  trackConnections,
  usualConnectionBounds,
} from './connections.js'
import { commonHeaders } from './http/context.js'
import { probesPath } from './http/health-routes.js'

export interface RunningServer {
  readonly port: number
  /** Goes on serving, also on new connections, and closes each connection with its next answer. */
  readonly drain: () => void
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
  readonly timeLimits?: Partial<TimeLimits>
  readonly bounds?: Partial<ServerBounds>
}

/** How long a client may take, in milliseconds. */
export interface TimeLimits {
  /** To send its headers. */
  readonly headers: number
  /** To send the whole request. */
  readonly request: number
  /** How often that is looked at. */
  readonly lookEvery: number
  /** To send its next request on a connection that is kept. */
  readonly keepAlive: number
  /** To take something of an answer. */
  readonly write: number
}

const usualTimeLimits: TimeLimits = {
  headers: 20_000,
  request: 60_000,
  lookEvery: 5_000,
  keepAlive: 75_000,
  write: 30_000,
}

/** How much is under way at most. */
export interface ServerBounds extends ConnectionBounds {
  /** Requests that are worked on at once, from all connections. What comes beyond is 503, but for probes. */
  readonly underWay: number
}

const usualBounds: ServerBounds = { ...usualConnectionBounds, underWay: 1000 }

/** How long a client may take to close its end of a connection that is given up, in milliseconds. */
const lingering = 1_000

const notWellFormed = graphErrors.badRequest('The request is not well-formed HTTP.')

/** Listens for HTTP. Rejects where the address cannot be had. */
export const startServer = async ({
  host,
  port,
  fetch,
  clock,
  timeLimits,
  bounds,
}: ServerSettings): Promise<RunningServer> => {
  const limits = { ...usualTimeLimits, ...timeLimits }
  const most = { ...usualBounds, ...bounds }
  const listener = getRequestListener(fetch, {
    // For HTTP/1.0, which knows no Host. No answer depends on it.
    hostname: 'localhost',
    errorHandler: error =>
      responseWith(error instanceof RequestError ? notWellFormed : graphErrors.unexpected, clock),
  })
  const connections = trackConnections(most, limits.write)
  let underWay = 0
  let stopping = false
  const refuseOn = (response: ServerResponse, row: GraphErrorRow, more: Headers = {}): void => {
    const { req: request } = response
    refuse(response, row, clock, more)
    connections.answered(request.socket)
  }
  const work = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    underWay += 1
    try {
      await listener(request, response)
    } finally {
      underWay -= 1
      connections.answered(request.socket)
    }
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (stopping || (underWay >= most.underWay && !isProbe(request)))
      return refuseOn(response, graphErrors.serviceNotAvailable, { 'Retry-After': '1' })
    if (!hasItsHost(request)) return refuseOn(response, notWellFormed)
    void work(request, response)
  }
  const server = createServer(
    {
      headersTimeout: limits.headers,
      requestTimeout: limits.request,
      connectionsCheckingInterval: limits.lookEvery,
      keepAliveTimeout: limits.keepAlive,
      requireHostHeader: false,
    },
    (request, response) => {
      connections.arrived({ request, response, answer: () => answer(request, response) })
    },
  )
  server.on('connection', connections.opened)
  server.on('clientError', (error: Error & { readonly code?: string }, socket) => {
    const latest = connections.latestOn(socket)
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else if (connections.endAfterCurrent(socket)) return
    else if (isAnswered(latest)) socket.destroy()
    else endWith(socket, brokenRow(error.code), clock)
  })
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    connections.arrived({
      request,
      response,
      answer: () => refuseOn(response, graphErrors.expectationFailed),
    })
  })
  server.on('connect', (_request, socket) => {
    connections.parseNoMore(socket)
    // Nobody else listens to this connection any more; an error that is not listened to would end the process.
    socket.on('error', () => socket.destroy()).resume()
    if (connections.endAfterCurrent(socket)) return
    endWith(socket, graphErrors.methodNotAllowed, clock, { Allow: 'GET, POST' })
  })
  await listening(server, host, port)
  return {
    port: portOf(server),
    drain: connections.answerOnceMore,
    stop: async withinSeconds => {
      stopping = true
      // Else a connection would outlive its last answer, and a silent one the time that headers may take.
      connections.answerOnceMore()
      await closed(server, connections.closeWhenAnswered(), withinSeconds)
    },
  }
}

/** Why an address cannot be listened on, in the word of the system such as EADDRINUSE; null for any other error. */
export const addressProblem = (error: unknown): string | null =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null

/** Whether a connection broke in the middle of a request that was answered before it had come to its end. */
const isAnswered = (exchange: Exchange | null): boolean =>
  exchange !== null && !exchange.request.complete && exchange.response.headersSent

/** Whether a request asks how the process is: it has to say so when it has too much to do, too. */
const isProbe = ({ url }: IncomingMessage): boolean => url?.startsWith(probesPath) === true

/** One Host; or none, in a version that did not know it (RFC 9112, 3.2). */
const hasItsHost = ({ rawHeaders, httpVersion }: IncomingMessage): boolean => {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  return hosts.length === 1 || (hosts.length === 0 && httpVersion < '1.1')
}

const brokenRow = (code: string | undefined): GraphErrorRow => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return graphErrors.requestTooSlow
  return code === 'HPE_HEADER_OVERFLOW' ? graphErrors.headersTooLarge : notWellFormed
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

/**
 * Listens no more, and waits for the end of all connections. Those that are left when the time is up are cut off.
 *
 * @param taken once no client has an answer left to take: until then idle connections stay open as well.
 */
const closed = async (server: Server, taken: Promise<void>, withinSeconds: number): Promise<void> => {
  const cutOff = setTimeout(() => {
    server.closeAllConnections()
  }, withinSeconds * 1000)
  const gone = new Promise<void>(resolve => {
    // Not as an HTTP server closes: that cuts off answers that were written and are not taken yet.
    NetServer.prototype.close.call(server, () => resolve())
  })
  await taken
  server.close()
  await gone
  clearTimeout(cutOff)
}

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
