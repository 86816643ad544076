import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Pages } from '../lethe-api.js'
import type { Refusal, SingleRefusal } from '../refusal.js'
import type { Resource } from '../resources/resource.js'
import type { LocalSession } from '../session.js'

/** What the help of every list says of how it is shown. */
export const listNotes = `
Each page is written before the next one is asked for. Only --query needs the whole list: it keeps
all of it and shows nothing before the last page, so give --limit with it. Where a list breaks off,
what was written stays, a JSON array is left open, and the exit code is not 0.
`

/** Shows a collection page by page, and says so where it is empty or breaks off. */
export const showPages = <A>(
  { output, say }: Pick<LocalSession, 'output' | 'say'>,
  resource: Resource<A>,
  pages: Pages<A, SingleRefusal>,
): TE.TaskEither<Refusal, void> => {
  const list = output.list(resource)
  let count = 0
  const breakOff = async (refusal: Refusal): Promise<void> => {
    await list.breakOff()
    if (count === 0 || refusal._tag === 'OutputClosed' || refusal._tag === 'OutputFailed') return
    await say(
      list.inParts
        ? `the list is not whole: it breaks off after ${count}.`
        : `the list broke off after ${count}, and --query needs all of it: nothing is shown.`,
    )
  }
  return pipe(
    pages(items => {
      count += items.length
      return list.add(items)
    }),
    TE.tapError(refusal => TE.fromTask(() => breakOff(refusal))),
    TE.flatMap(() => list.end()),
    TE.flatMap(() => TE.fromTask(() => (count === 0 ? say('nothing found.') : Promise.resolve()))),
  )
}
