import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Answer } from './answer.js'
import type { ClientRefusal } from './refusal.js'

/** A page of a collection. */
export interface Page<A> {
  readonly value: ReadonlyArray<A>
  readonly '@odata.nextLink'?: string | undefined
}

/**
 * Reads a collection page by page, following `@odata.nextLink`, and hands each page on as it comes.
 *
 * @param limit at most so many items; null for all.
 * @param get gets one page.
 * @param handOn takes the items of a page; what it refuses ends the reading.
 * @returns `ForeignNextLink` where a page names another server; `UnexpectedAnswer` where the pages go in a circle.
 */
export const readPages =
  <A>(first: URL, limit: number | null, get: (url: URL) => TE.TaskEither<ClientRefusal, Answer<Page<A>>>) =>
  <R>(handOn: (items: ReadonlyArray<A>) => TE.TaskEither<R, void>): TE.TaskEither<ClientRefusal | R, void> =>
  async () => {
    const visited = new Set<string>()
    let left = limit ?? Number.POSITIVE_INFINITY
    let next: URL | null = first
    while (next !== null) {
      visited.add(next.href)
      const page: E.Either<ClientRefusal, Answer<Page<A>>> = await get(next)()
      if (E.isLeft(page)) return page
      const items = page.right.value.value.slice(0, left)
      const handed = await handOn(items)()
      if (E.isLeft(handed)) return handed
      left -= items.length
      const link = page.right.value['@odata.nextLink']
      if (left <= 0 || link === undefined) return E.right(undefined)
      const followed = follow(first, link, visited)
      if (E.isLeft(followed)) return followed
      next = followed.right
    }
    return E.right(undefined)
  }

const follow = (first: URL, link: string, visited: ReadonlySet<string>): E.Either<ClientRefusal, URL> => {
  const url = URL.parse(link, first.href)
  if (url === null) return E.left(badLink('the link to the next page is no address'))
  if (url.origin !== first.origin) return E.left({ _tag: 'ForeignNextLink', origin: url.origin })
  return visited.has(url.href) ? E.left(badLink('its pages go in a circle')) : E.right(url)
}

const badLink = (what: string): ClientRefusal => ({
  _tag: 'UnexpectedAnswer',
  status: 200,
  what,
  requestId: null,
})
