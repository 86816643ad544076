import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { batchPath } from './batch.js'

/** URL parsers drop tabs and line breaks, and so would make `..` of `.\t.`. */
const controlCharacter = /\p{Cc}/u

/** In UTF-16 code units; servers refuse longer ones anyway. */
const longestBatchUrl = 8192

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/

/**
 * Reads the `url` of a request in a batch: relative to the root, so that the request stays below it.
 *
 * Spaces and letters beyond ASCII may stand as they are, because it is a JSON string. Refused are other origins,
 * fragments (a `#` in a filter would cut the rest off unseen), and whatever a URL parser would take for another path.
 *
 * @returns the URL with a slash in front; none where it is refused.
 */
export const parseBatchUrl = (url: string): O.Option<string> => {
  const path = pathOf(url)
  return url === '' ||
    url.length > longestBatchUrl ||
    url.startsWith('//') ||
    url.includes('#') ||
    scheme.test(url) ||
    controlCharacter.test(url) ||
    path.includes('\\') ||
    path.split('/').some(isDotSegment)
    ? O.none
    : O.some(url.startsWith('/') ? url : `/${url}`)
}

/** Whether a URL that `parseBatchUrl` gave is the batch operation itself, however it is spelt. */
export const isBatchUrl = (url: string): boolean => wholeBatchPath.test(decodePath(pathOf(url)))

/** Anchored at its start, so that a long path is given up at once. */
const wholeBatchPath = new RegExp(`^${batchPath.replace('$', '\\$')}/*$`, 'i')

const decodePath = (path: string): string =>
  pipe(
    O.tryCatch(() => decodeURIComponent(path)),
    O.getOrElse(() => path),
  )

const pathOf = (url: string): string => url.split('?', 1)[0] ?? ''

/** A URL parser takes `%2e` for a dot here (WHATWG URL, double-dot path segment). */
const isDotSegment = (segment: string): boolean => /^(?:\.|%2e){1,2}$/i.test(segment)
