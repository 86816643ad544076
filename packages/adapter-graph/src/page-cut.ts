import type { Page } from '@lethe/application'
import type { UserId } from '@lethe/domain'
import { markOf, type PagePosition, writePageToken } from './page-token.js'

/** A page as Graph gave it. */
export interface GraphPage<A> {
  readonly items: ReadonlyArray<A>
  /** Where its next page begins; null on the last. */
  readonly nextSkipToken: string | null
}

/** Cuts a page of at most `size` out of one of Graph's, leaving out what was shown of it before. */
export const cutPage = <A extends { readonly userId: UserId }>(
  { items, nextSkipToken }: GraphPage<A>,
  { skipToken, shown }: PagePosition,
  size: number,
): Page<A> => {
  const known = new Set(shown)
  const marked = items.map(item => ({ item, mark: markOf(item.userId) }))
  const fresh = marked.filter(({ mark }) => !known.has(mark))
  const taken = fresh.slice(0, size)
  return {
    items: taken.map(({ item }) => item),
    next:
      fresh.length > taken.length
        ? writePageToken({ skipToken, shown: [...shown, ...taken.map(({ mark }) => mark)] })
        : nextSkipToken === null
          ? null
          : writePageToken({ skipToken: nextSkipToken, shown: [] }),
  }
}
