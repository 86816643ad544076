import { type GraphErrorRow, graphErrors } from '@lethe/graph-contract'
import { type Connection, reset, truncate, wait } from './connection.js'
import type { Ending } from './endings.js'
import { graphErrorResponse } from './graph-error-response.js'

/** A call that ends otherwise than well. */
export interface EndedCall {
  readonly connection: Connection
  readonly hangMilliseconds: number
  /** Lets the call take its effect, and gives its true answer. */
  readonly perform: () => Promise<Response>
  /** The 401 with a challenge; null where this token has been challenged, or shows enough. */
  readonly challenge: () => Response | null
}

const row = (status: number, code: string, message: string): GraphErrorRow => ({ status, code, message })
const retryAfter = { 'Retry-After': '1' }

/** Ends a call as it was drawn. */
export const endCall = async (ending: Ending, call: EndedCall): Promise<Response> => {
  switch (ending) {
    case 'status400':
      return graphErrorResponse(graphErrors.badRequest('The request is not valid.'))
    case 'status401':
      return graphErrorResponse(graphErrors.tokenInvalid)
    case 'claimsChallenge':
      return call.challenge() ?? call.perform()
    case 'status403':
      return graphErrorResponse(graphErrors.requestDenied)
    case 'status404Wrong':
      return graphErrorResponse(row(404, 'NotFound', 'There is nothing at this address.'))
    case 'status405':
      return graphErrorResponse(graphErrors.methodNotAllowed, { Allow: 'OPTIONS' })
    case 'status409':
      return graphErrorResponse(graphErrors.conflict('Something else is being done with the resource.'))
    case 'status429':
      return graphErrorResponse(graphErrors.throttled)
    case 'status429RetryAfter':
      return graphErrorResponse(graphErrors.throttled, retryAfter)
    case 'status500':
      return graphErrorResponse(graphErrors.unexpected)
    case 'status502':
      return graphErrorResponse(row(502, 'BadGateway', 'The server behind gave no valid answer.'))
    case 'status503':
      return graphErrorResponse(graphErrors.serviceNotAvailable)
    case 'status503RetryAfter':
      return graphErrorResponse(graphErrors.serviceNotAvailable, retryAfter)
    case 'status504':
      await call.perform()
      return graphErrorResponse(row(504, 'GatewayTimeout', 'The server behind gave no answer in time.'))
    case 'resetBefore':
      return reset(call.connection)
    case 'resetAfter':
      await call.perform()
      return reset(call.connection)
    case 'hangBefore':
      await wait(call.connection, call.hangMilliseconds)
      return reset(call.connection)
    case 'hangAfter':
      await call.perform()
      await wait(call.connection, call.hangMilliseconds)
      return reset(call.connection)
    case 'truncated':
      return truncate(call.connection, await call.perform())
    case 'nonJson':
      return new Response('<!doctype html><title>Sign in to the network</title>', {
        status: 200,
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
      })
  }
}
