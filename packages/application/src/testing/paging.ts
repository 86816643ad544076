import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Page, PageRequest } from '../ports/page.js'
import { succeed } from './outcomes.js'

/**
 * Goes through a list to its end.
 *
 * @param between done after each page, with what was seen so far.
 * @returns the pages.
 */
export const pagesOf = async <A>(
  list: (page: PageRequest) => TaskEither<unknown, Page<A>>,
  size: number,
  between: (seen: ReadonlyArray<A>) => Promise<unknown> = async () => null,
): Promise<ReadonlyArray<ReadonlyArray<A>>> => {
  const pages: Array<ReadonlyArray<A>> = []
  let after: string | null = null
  do {
    const page: Page<A> = await succeed(list({ size, after }))
    pages.push(page.items)
    after = page.next
    await between(pages.flat())
  } while (after !== null && pages.length < 1000)
  return pages
}

/** Tokens that no list gives out. */
export const garbageTokens = ['', ' ', 'garbage', 'null', '0', '-1', '{}', "' or 1=1 --", '%00', 'é', '../..']
