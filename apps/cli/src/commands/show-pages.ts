import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pages } from '../lethe-api.js'
import type { Refusal } from '../refusal.js'
import type { Resource } from '../resources/resource.js'
import type { Session } from '../session.js'

/** Shows a collection page by page, and says so where it is empty. */
export const showPages = <A>(
  { output, say }: Session,
  resource: Resource<A>,
  pages: Pages<A>,
): TE.TaskEither<Refusal, void> => {
  const list = output.list(resource)
  let count = 0
  return pipe(
    pages(items => {
      count += items.length
      return list.add(items)
    }),
    TE.flatMap(() => list.end()),
    TE.flatMap(() => TE.fromTask(() => (count === 0 ? say('nothing found.') : Promise.resolve()))),
  )
}
