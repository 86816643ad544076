import type { Page } from '@lethe/application'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** Everything that a list holds, page by page. */
export const pagesFrom = <R, A>(
  list: (after: string | null) => TE.TaskEither<R, Page<A>>,
  after: string | null,
): TE.TaskEither<R, ReadonlyArray<A>> =>
  pipe(
    list(after),
    TE.flatMap(({ items, next }) =>
      next === null
        ? TE.right(items)
        : pipe(
            pagesFrom(list, next),
            TE.map(rest => [...items, ...rest]),
          ),
    ),
  )
