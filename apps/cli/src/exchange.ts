import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { HttpHeaders, HttpRequest, Io } from './io.js'
import { type ClientRefusal, interrupted } from './refusal.js'

/** How long one call may take, until the last byte of its answer. */
const timeoutSeconds = 30

/** An answer as it came, before anybody made sense of it. */
export interface RawAnswer {
  readonly status: number
  readonly headers: HttpHeaders
  /** The parsed body; undefined where it is no JSON. */
  readonly body: unknown
}

/** One call and its answer, whatever that says. Redirects are answers too: a token follows none. */
export const exchange =
  (io: Pick<Io, 'fetch' | 'interrupted'>) =>
  (url: URL, init: HttpRequest): TE.TaskEither<ClientRefusal, RawAnswer> =>
  async () => {
    // Let go of as soon as the call has ended: a run of a million ids makes thousands within one time limit.
    const ending = new AbortController()
    const interrupt = (): void => ending.abort()
    let late = false
    const timer = setTimeout(() => {
      late = true
      ending.abort()
    }, timeoutSeconds * 1000)
    io.interrupted.addEventListener('abort', interrupt)
    if (io.interrupted.aborted) ending.abort()
    try {
      const response = await io.fetch(url, { ...init, redirect: 'manual', signal: ending.signal })
      return E.right({
        status: response.status,
        headers: response.headers,
        body: await bodyOf(response),
      })
    } catch (error) {
      if (io.interrupted.aborted) return E.left(interrupted)
      return E.left(late ? { _tag: 'TimedOut', afterSeconds: timeoutSeconds } : refusalOf(error))
    } finally {
      clearTimeout(timer)
      io.interrupted.removeEventListener('abort', interrupt)
    }
  }

const bodyOf = async (response: Awaited<ReturnType<Io['fetch']>>): Promise<unknown> => {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel()
    return undefined
  }
  return pipe(
    E.tryCatchK(
      (text: string): unknown => JSON.parse(text),
      () => undefined,
    )(await response.text()),
    E.getOrElse((): unknown => undefined),
  )
}

const Coded = t.type({ code: t.string })
const Caused = t.type({ cause: Coded })
/** A `ProxyFailure`, whose class would bring the HTTP client in with it. */
const OfProxy = t.type({ name: t.literal('ProxyFailure'), variable: t.string, reason: t.string })

/** The message of the error is left out: it may quote what was sent. */
const refusalOf = (error: unknown): ClientRefusal => {
  const cause = Caused.is(error) ? error.cause : error
  if (OfProxy.is(cause))
    return cause.reason === 'MALFORMED'
      ? { _tag: 'ProxyMalformed', variable: cause.variable }
      : { _tag: 'ProxyFailed', variable: cause.variable, reason: cause.reason }
  if (Caused.is(error)) return { _tag: 'Unreachable', reason: error.cause.code }
  return { _tag: 'Unreachable', reason: Coded.is(error) ? error.code : 'no connection' }
}
