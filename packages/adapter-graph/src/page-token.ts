import { createHash } from 'node:crypto'
import type { UserId } from '@lethe/domain'
import { profilesPath } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'

/**
 * Where a list goes on. Graph pages as it likes, so a page of ours may end inside one of Graph's: then that one is fetched
 * again, and what was shown of it is left out. A count would not do: profiles vanish between two pages. Nor would marks of all
 * that was shown: Graph has up to 999 on a page.
 *
 * So a position holds marks of those around the end of our page. In Graph's order, which stays the same while a list is read,
 * any one of them that is still there says where to go on.
 */
export interface PagePosition {
  /** The query of the link that leads to Graph's page: opaque, up to 4,096 characters; null for its first. */
  readonly query: string | null
  /** The marks of the last profiles on Graph's page that were shown; none where none of it was. */
  readonly shown: ReadonlyArray<string>
  /** The marks of the first ones behind them; left out where there are none. */
  readonly next?: ReadonlyArray<string>
}

/** How many marks a position holds at most, on either side: a token of theirs has less than 300 characters. */
export const marksKept = 8

/** The longest token that is read, and the longest query that one holds, in characters. */
const longest = 16_384
const longestQuery = 4096

const Written = t.strict(
  {
    query: t.union([t.string, t.null]),
    shown: t.readonlyArray(t.string),
    next: t.readonlyArray(t.string),
  },
  'PagePosition',
)

/** Writes a position as a page token: base64url of JSON. */
export const writePageToken = ({ query, shown, next = [] }: PagePosition): string =>
  Buffer.from(JSON.stringify({ query, shown, next })).toString('base64url')

/** @returns the position; none where the token is none of these. */
export const readPageToken = (token: string): O.Option<PagePosition> => {
  if (token === '' || token.length > longest) return O.none
  return pipe(
    E.tryCatch(
      (): unknown => JSON.parse(Buffer.from(token, 'base64url').toString('utf8')),
      () => null,
    ),
    E.flatMap(json => Written.decode(json)),
    O.fromEither,
    O.filter(position => writePageToken(position) === token && position.query !== ''),
  )
}

/** A mark of a profile: 48 bits, so that the tokens stay short and two profiles of a page hardly ever share one. */
export const markOf = (userId: UserId): string =>
  createHash('sha256').update(userId).digest().subarray(0, 6).toString('base64url')

/**
 * Takes the query out of Graph's `@odata.nextLink`, which is opaque. The link itself is never followed: whatever host it names, the
 * next request goes to a URL of our own, with this query.
 *
 * @returns none where the link leads to anything but the collection of profiles, or has no query.
 */
export const queryOf = (nextLink: string): O.Option<string> => {
  const url = URL.parse(nextLink)
  const leadsToProfiles = url?.pathname.toLowerCase().endsWith(profilesPath.toLowerCase()) === true
  return !leadsToProfiles || url.search.length < 2 || url.search.length > longestQuery
    ? O.none
    : O.some(url.search.slice(1))
}
