import { errors } from 'undici'
import type { Stop } from './stopping.js'

/** The headers that an ending depends on; undefined where there is none. */
export interface AnswerHeaders {
  readonly retryAfter: string | undefined
  readonly wwwAuthenticate: string | undefined
  readonly requestId: string | undefined
}

/** What became of a body: all of it is there, it ended too early, or it is larger than is read. */
export type AnswerBody =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'cut' }
  | { readonly kind: 'tooLarge' }

/** What a connection brought. */
export type Outcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: AnswerHeaders
      readonly body: AnswerBody
    }
  | {
      readonly kind: 'unanswered'
      /** Whether a part of the request may have left this machine. */
      readonly sent: boolean
      readonly cause: Cause
      /** The code of the error, such as ECONNREFUSED, or PROXY_407 where a proxy failed; null where none came. */
      readonly network: string | null
    }

/** Why there is no answer. */
export type Cause = Stop | 'connectTimedOut' | 'notConnected' | 'reset' | 'malformed'

/**
 * Reads the cause from an error of undici or of Node. Its message is dropped: it may hold an address.
 *
 * @param sent whether the request may have been written.
 */
export const causeOf = (error: unknown, sent: boolean): Cause => {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return 'timedOut'
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError)
    return 'malformed'
  if (sent) return 'reset'
  if (error instanceof errors.ConnectTimeoutError || codeOf(error) === 'ETIMEDOUT') return 'connectTimedOut'
  if (error instanceof errors.SocketError) return 'reset'
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(error)) ? 'reset' : 'notConnected'
}

/** The code of an error of undici, of Node or of a proxy; empty where it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
