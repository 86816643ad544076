import { pipe } from 'fp-ts/lib/function.js'
import type * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Json, toJson } from './json.js'
import { headingsOf, partOf, present } from './present.js'
import type { Presenter } from './presenters/presenter.js'
import type { Query } from './query.js'
import type { SingleRefusal } from './refusal.js'
import type { Resource } from './resources/resource.js'

/** Something is shown; refused where nobody reads it any more, or where a query does not fit it. */
export type Shown = TE.TaskEither<SingleRefusal, void>
export type Write = (text: string) => Shown

/** A list that is shown as it comes, or at its end where a query needs all of it. */
export interface ListOutput<A> {
  /** Whether what was added is shown before the end. */
  readonly inParts: boolean
  readonly add: (values: ReadonlyArray<A>) => Shown
  readonly end: () => Shown
  /** In place of the end, where the list is not whole. What was shown stays. */
  readonly breakOff: T.Task<void>
}

/** Shows a list in parts: nothing of it is kept. */
export const listInParts = <A>(presenter: Presenter, write: Write, resource: Resource<A>): ListOutput<A> => {
  const columns = resource[presenter.listColumns]
  const list = presenter.list(headingsOf(columns))
  return {
    inParts: true,
    add: values => write(list.add(partOf(resource, columns, values))),
    end: () => write(list.end()),
    breakOff: async () => {
      await write(list.breakOff())()
    },
  }
}

/** Collects a list, because an expression such as `length(@)` is about all of it. */
export const listForQuery = <A>(
  presenter: Presenter,
  write: Write,
  resource: Resource<A>,
  query: Query,
): ListOutput<A> => {
  const all: Array<Json> = []
  return {
    inParts: false,
    add: values => {
      for (const value of values) all.push(toJson(resource.codec.encode(value)))
      return TE.right(undefined)
    },
    end: () =>
      pipe(
        TE.fromEither(query(all)),
        TE.flatMap(result => write(present(presenter, resource)(result))),
      ),
    breakOff: () => Promise.resolve(),
  }
}
