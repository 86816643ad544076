import type { Page } from '@lethe/application'
import type { UserId } from '@lethe/domain'
import { markOf, marksKept, type PagePosition, writePageToken } from './page-token.js'

/** A page as Graph gave it. */
export interface GraphPage<A> {
  readonly items: ReadonlyArray<A>
  /** The query that leads to its next page; null on the last. */
  readonly nextQuery: string | null
}

/**
 * Cuts a page of at most `size` out of one of Graph's, behind what was shown of it before.
 *
 * Nobody is lost who stays. Somebody may be shown twice where eight profiles on either side of the end of a page have all
 * vanished before the next is asked for: then Graph's page is read from its beginning. The same holds where Graph has changed
 * its order; there the page may also be larger than `size`, so that a list comes to an end even if the order changes each time.
 */
export const cutPage = <A extends { readonly userId: UserId }>(
  { items, nextQuery }: GraphPage<A>,
  { query, shown, next = [] }: PagePosition,
  size: number,
): Page<A> => {
  const marked = items.map(item => ({ item, mark: markOf(item.userId) }))
  const lastShown = marked.findLastIndex(({ mark }) => shown.includes(mark))
  const firstNext = marked.findIndex(({ mark }) => next.includes(mark))
  const isReordered = firstNext !== -1 && firstNext < lastShown
  const start = isReordered ? 0 : lastShown === -1 ? Math.max(0, firstNext) : lastShown + 1
  const fresh = marked.slice(start).filter(({ mark }) => !shown.includes(mark))
  const taken = isReordered ? fresh : fresh.slice(0, size)
  const rest = fresh.slice(taken.length).map(({ mark }) => mark)
  const inside = {
    query,
    shown: [...shown, ...taken.map(({ mark }) => mark)].slice(-marksKept),
    next: rest.slice(0, marksKept),
  }
  return {
    items: taken.map(({ item }) => item),
    next:
      rest.length > 0
        ? writePageToken(inside)
        : nextQuery === null
          ? null
          : writePageToken({ query: nextQuery, shown: [] }),
  }
}
