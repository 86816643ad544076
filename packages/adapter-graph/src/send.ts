import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { type AnswerBody, type AnswerHeaders, causeOf, codeOf, type Outcome } from './outcome.js'
import { stopOf } from './stopping.js'

/** The largest body that is read, in bytes. */
const largestBody = 1_048_576

/** A request without a body. */
export interface SentRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly headersMs: number
  readonly bodyMs: number
}

/**
 * Sends a request, once. undici's `request` does not tell whether anything was written; its handlers do.
 *
 * @param signal gives the request up, wherever it is.
 * @returns what came of it; it never rejects.
 */
export const send = async (
  dispatcher: Dispatcher,
  { method, url, headers, headersMs, bodyMs }: SentRequest,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const answer: {
    status: number | null
    headers: AnswerHeaders
    readonly chunks: Array<Buffer>
    size: number
  } = {
    status: null,
    headers: { retryAfter: undefined, wwwAuthenticate: undefined, requestId: undefined },
    chunks: [],
    size: 0,
  }
  let controller: Dispatcher.DispatchController | null = null
  let sent = false

  const end = (body: AnswerBody, error: unknown = null): void =>
    resolve(
      answer.status === null
        ? signal.aborted
          ? { kind: 'unanswered', sent, cause: stopOf(signal), network: null }
          : { kind: 'unanswered', sent, cause: causeOf(error, sent), network: codeOf(error) || null }
        : { kind: 'answered', status: answer.status, headers: answer.headers, body },
    )
  const giveUp = (): void => {
    end({ kind: 'cut' })
    controller?.abort(new Error('Given up'))
  }

  const { origin, pathname, search } = new URL(url)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    if (signal.aborted) return { kind: 'unanswered', sent, cause: stopOf(signal), network: null }
    dispatcher.dispatch(
      {
        origin,
        path: `${pathname}${search}`,
        method,
        headers: { ...headers },
        headersTimeout: headersMs,
        bodyTimeout: bodyMs,
      },
      {
        onRequestStart: started => {
          // The caller has gone, or the request was written before: it must not leave (again).
          if (signal.aborted || sent) return started.abort(new Error('Given up'))
          controller = started
          sent = true
        },
        onResponseStart: (_, status, received) => {
          if (status < 200) return
          answer.status = status
          answer.headers = {
            retryAfter: single(received['retry-after']),
            wwwAuthenticate: single(received['www-authenticate']),
            requestId: single(received['request-id']),
          }
        },
        onResponseData: (receiving, chunk) => {
          answer.size += chunk.length
          if (answer.size <= largestBody) return void answer.chunks.push(chunk)
          end({ kind: 'tooLarge' })
          receiving.abort(new Error('Too large'))
        },
        onResponseEnd: () => end({ kind: 'whole', text: Buffer.concat(answer.chunks).toString('utf8') }),
        onResponseError: (_, error) => end({ kind: 'cut' }, error),
      },
    )
    return await promise
  } catch (error) {
    end({ kind: 'cut' }, error)
    return await promise
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

const single = (value: IncomingHttpHeaders[string]): string | undefined =>
  typeof value === 'string' ? value : value?.join(', ')
