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
 * Reads a collection page by page, following `@odata.nextLink`. Each page is handed on before the next one is asked for,
 * and nothing of it is kept.
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
    const circle = circleDetector()
    let left = limit ?? Number.POSITIVE_INFINITY
    let next: URL | null = first
    while (next !== null) {
      const page: E.Either<ClientRefusal, Answer<Page<A>>> = await get(next)()
      if (E.isLeft(page)) return page
      const items = page.right.value.value.slice(0, left)
      const handed = await handOn(items)()
      if (E.isLeft(handed)) return handed
      left -= items.length
      const link = page.right.value['@odata.nextLink']
      if (left <= 0 || link === undefined) return E.right(undefined)
      const followed = follow(next, link)
      if (E.isLeft(followed)) return followed
      if (circle.closes(next, followed.right)) return E.left(badLink('its pages go in a circle'))
      next = followed.right
    }
    return E.right(undefined)
  }

/** Every page is on the origin of the one before, and the first one is on the server of the operator. */
const follow = (page: URL, link: string): E.Either<ClientRefusal, URL> => {
  const url = URL.parse(link, page.href)
  if (url === null) return E.left(badLink('the link to the next page is no address'))
  if (url.origin !== page.origin) return E.left({ _tag: 'ForeignNextLink', origin: url.origin })
  return url.username === '' && url.password === ''
    ? E.right(url)
    : E.left(badLink('the link to the next page holds a user'))
}

/**
 * Tells links that go in a circle by Brent's algorithm: the next link is compared with one page of those that were read,
 * which is replaced after 1, 2, 4, 8… pages. A set of all of them would grow with the list.
 */
const circleDetector = () => {
  let compared: string | null = null
  let span = 1
  let left = 1
  return {
    closes: (page: URL, next: URL): boolean => {
      if (next.href === page.href || next.href === compared) return true
      left -= 1
      if (left === 0) {
        compared = page.href
        span *= 2
        left = span
      }
      return false
    },
  }
}

const badLink = (what: string): ClientRefusal => ({
  _tag: 'UnexpectedAnswer',
  status: 200,
  what,
  requestId: null,
})
