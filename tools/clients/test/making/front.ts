import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { buffer } from 'node:stream/consumers'
import type { Certificate } from './certificate.js'

/** How the front answers a request in the place of Lethe. */
export interface Fault {
  readonly status: number
  /** The value of Retry-After; null for no such header. */
  readonly retryAfter: string | null
  /** Whether Lethe gets the request, and its answer is lost. */
  readonly passedOn: boolean
}

/** What came in. */
interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What stands before Lethe and ends TLS, as a gateway does, and has its faults, too. */
export interface Front {
  readonly origin: string
  readonly received: ReadonlyArray<Received>
  /** Answers the next requests with these, one each. */
  readonly failNext: (...faults: ReadonlyArray<Fault>) => void
  readonly close: () => Promise<void>
}

/**
 * @param certificate for https; null for plain http.
 * @param port where Lethe listens, once it does.
 */
export const openFront = async (certificate: Certificate | null, port: () => number): Promise<Front> => {
  const received: Array<Received> = []
  const faults: Array<Fault> = []
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming)
    const { method = '', url: path = '', headers } = incoming
    received.push({ method, path, headers, body: body.toString('utf8') })
    const fault = faults.shift()
    if (fault?.passedOn !== false) {
      const answer = await ask(port(), incoming, body)
      if (fault === undefined) {
        // Whether a connection stays is a matter of each of the two.
        const { connection: _, ...headers } = answer.headers
        outgoing.writeHead(answer.status, headers)
        outgoing.end(answer.body)
        return
      }
    }
    outgoing.writeHead(fault.status, fault.retryAfter === null ? {} : { 'Retry-After': fault.retryAfter })
    outgoing.end()
  }
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    serve(incoming, outgoing).catch(() => {
      outgoing.destroy()
    })
  }
  const server =
    certificate === null ? createHttpServer(listener) : createHttpsServer({ ...certificate }, listener)
  return {
    origin: `${certificate === null ? 'http' : 'https'}://127.0.0.1:${await listening(server)}`,
    received,
    failNext: (...next) => {
      faults.push(...next)
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

const listening = async (server: Pick<Server, 'listen' | 'address' | 'once'>): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      resolve()
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The front has no port')
  return address.port
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Asks Lethe the very same: its headers are handed on as they came. */
const ask = (port: number, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = httpRequest(
      {
        host: '127.0.0.1',
        port,
        agent: false,
        method,
        path: url,
        headers: { ...headers, connection: 'close' },
      },
      answer => {
        buffer(answer).then(
          read => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: read }),
          reject,
        )
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
