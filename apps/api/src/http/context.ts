import { randomUUID } from 'node:crypto'
import type { Clock } from '@lethe/application'
import type { Caller } from '@lethe/domain'
import { errorBody } from '@lethe/graph-contract'
import type { MiddlewareHandler } from 'hono'
import type { ErrorAnswer } from './answer.js'

/** What is known of a request beside what was sent. */
interface Exchange {
  readonly requestId: string
  readonly clientRequestId: string
  /** Who calls, once that is known. */
  caller: Caller | null
  /** Why the request was refused, for the log. */
  refusedFor: string | null
}

export interface ApiEnv {
  Variables: {
    exchange: Exchange
    /** How long an answer may be kept, where it may be. */
    caching?: string
  }
}

/** The part of Hono's context that an error answer needs. */
export interface WithExchange {
  readonly get: (key: 'exchange') => Exchange
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The headers that every response has. */
export const commonHeaders = (
  requestId: string,
  clientRequestId: string,
): Readonly<Record<string, string>> => ({
  'Cache-Control': 'no-cache',
  'Strict-Transport-Security': 'max-age=31536000',
  'request-id': requestId,
  'client-request-id': clientRequestId,
})

/** Gives each request its ids, and each response the headers that all have. */
export const requestContext: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const requestId = randomUUID()
  const sent = c.req.header('client-request-id')
  const exchange: Exchange = {
    requestId,
    clientRequestId: sent !== undefined && guid.test(sent) ? sent : requestId,
    caller: null,
    refusedFor: null,
  }
  c.set('exchange', exchange)
  await next()
  const caching = c.get('caching')
  for (const [name, value] of Object.entries(commonHeaders(requestId, exchange.clientRequestId)))
    c.res.headers.set(name, name === 'Cache-Control' ? (caching ?? value) : value)
  if (c.res.status === 200) c.res.headers.set('OData-Version', '4.0')
}

/** What an error needs beside its row. */
export interface ErrorSettings {
  readonly clock: Clock
  /** The value of WWW-Authenticate on a 401. */
  readonly challenge: string
}

export type RespondWithError = (
  c: WithExchange,
  answer: ErrorAnswer,
  headers?: Readonly<Record<string, string>>,
) => Response

/** Writes an error answer in the form of the published error object. */
export const respondWithError =
  ({ clock, challenge }: ErrorSettings): RespondWithError =>
  (c, { row, reason, told, retryAfterSeconds }, headers = {}) => {
    const exchange = c.get('exchange')
    exchange.refusedFor = reason
    return Response.json(
      errorBody(
        row,
        { at: clock.now(), requestId: exchange.requestId, clientRequestId: exchange.clientRequestId },
        told,
      ),
      {
        status: row.status,
        headers: {
          ...headers,
          ...(row.status === 401 ? { 'WWW-Authenticate': challenge } : {}),
          ...(retryAfterSeconds === null
            ? {}
            : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
        },
      },
    )
  }

/** The challenge of a 401: where to get a token, and for whom. */
export const bearerChallenge = (authority: string, clientId: string): string =>
  `Bearer realm="", authorization_uri="${authority}/oauth2/authorize", client_id="${clientId}"`
