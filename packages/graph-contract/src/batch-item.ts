import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import type { BatchItemRequest } from './batch.js'
import { isBatchUrl, parseBatchUrl } from './batch-url.js'

const BatchMethod = t.keyof(
  { GET: null, HEAD: null, POST: null, PUT: null, PATCH: null, DELETE: null, OPTIONS: null },
  'BatchMethod',
)
export type BatchMethod = t.TypeOf<typeof BatchMethod>

/** One request of a batch, ready to be made. */
export interface BatchItem {
  readonly id: string
  readonly method: BatchMethod
  /** Below the root, with a slash in front; with its query string. */
  readonly url: string
  /** By name in lower case; names and values are fit for HTTP. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON, to be sent as it is; empty for none. GET and HEAD have none (RFC 9110, 9.3.1: it would mean nothing). */
  readonly body: string
  /** The ids of other requests of the batch, as those spell them. */
  readonly dependsOn: ReadonlyArray<string>
}

/**
 * Reads one request of a batch, without regard to the others.
 *
 * @returns the item, its dependencies as they were sent; else what is wrong, in words that repeat nothing of it.
 */
export const readBatchItem = (sent: BatchItemRequest): E.Either<string, BatchItem> => {
  if (sent.id === '') return E.left('its id is empty')
  const method = sent.method.toUpperCase()
  if (!BatchMethod.is(method)) return E.left('its method is not known')
  const url = parseBatchUrl(sent.url)
  if (O.isNone(url)) return E.left('its url is not a relative URL below the root')
  if (isBatchUrl(url.value)) return E.left('a batch cannot hold a batch')
  return pipe(
    readHeaders(sent.headers ?? {}),
    E.flatMap(headers =>
      pipe(
        bodyText(method, sent.body),
        E.map(body => ({
          id: sent.id,
          method,
          url: url.value,
          headers,
          body,
          dependsOn: sent.dependsOn ?? [],
        })),
      ),
    ),
  )
}

/** A token and a field value of HTTP (RFC 9110, 5.6.2 and 5.5). */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const headerValue = /^[\t\u0020-\u007E\u0080-\u00FF]*$/

const readHeaders = (sent: Readonly<Record<string, string>>): E.Either<string, Record<string, string>> => {
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(sent)) {
    if (!headerName.test(name) || !headerValue.test(value)) return E.left('a header cannot be sent')
    if (headers.has(name.toLowerCase())) return E.left('a header is given twice')
    headers.set(name.toLowerCase(), value)
  }
  return E.right(Object.fromEntries(headers))
}

/** Writing can fail where reading did not: `JSON.stringify` gives up on very deep nesting. */
const bodyText = (method: BatchMethod, body: unknown): E.Either<string, string> =>
  body === undefined || body === null || method === 'GET' || method === 'HEAD'
    ? E.right('')
    : E.tryCatch(
        () => JSON.stringify(body),
        () => 'its body is nested too deeply',
      )
