import { createHash } from 'node:crypto'
import type { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'

/**
 * Where a list goes on. Graph pages as it likes, so a page of ours may end inside one of Graph's: then that one is fetched
 * again, and what was shown of it is left out. A position would not do: profiles vanish between two pages.
 */
export interface PagePosition {
  /** Graph's `$skiptoken` of its page; null for its first. */
  readonly skipToken: string | null
  /** The marks of those on Graph's page that were shown. */
  readonly shown: ReadonlyArray<string>
}

/** The longest token that is read, in characters. */
const longest = 16_384

const Written = t.strict(
  { skip: t.union([t.string, t.null]), shown: t.readonlyArray(t.string) },
  'PagePosition',
)

/** Writes a position as a page token: base64url of JSON. */
export const writePageToken = ({ skipToken, shown }: PagePosition): string =>
  Buffer.from(JSON.stringify({ skip: skipToken, shown })).toString('base64url')

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
    O.map(({ skip, shown }) => ({ skipToken: skip, shown })),
    O.filter(position => writePageToken(position) === token && position.skipToken !== ''),
  )
}

/** A mark of a profile: 48 bits, so that the tokens stay short and two profiles of a page hardly ever share one. */
export const markOf = (userId: UserId): string =>
  createHash('sha256').update(userId).digest().subarray(0, 6).toString('base64url')

/**
 * Takes the `$skiptoken` out of Graph's `@odata.nextLink`. The link itself is never followed: whatever host it names, the next
 * request goes to a URL of our own.
 */
export const skipTokenOf = (nextLink: string): O.Option<string> => {
  const url = URL.parse(nextLink)
  const found = [...(url?.searchParams ?? [])].find(([name]) => name.toLowerCase() === '$skiptoken')
  return found === undefined || found[1] === '' ? O.none : O.some(found[1])
}
