import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Json, toJson } from './json.js'
import type { Shown, Write } from './list-output.js'
import { headingsOf, partOf } from './present.js'
import type { Heading, ListPresenter, Part, Presenter } from './presenters/presenter.js'
import type { Query } from './query.js'
import { sheetOf } from './resources/any-json.js'
import type { Resource } from './resources/resource.js'

/** Results that come one by one and have no end of their own; each is shown as it comes. */
export interface StreamOutput<A> {
  readonly add: (value: A) => Shown
  /** When no more will come. */
  readonly end: () => Shown
}

/** Shows results one by one. */
export const streamOutput = <A>(
  presenter: Presenter,
  write: Write,
  resource: Resource<A>,
): StreamOutput<A> => {
  const columns = resource[presenter.listColumns]
  const list = presenter.stream(headingsOf(columns))
  return {
    add: value => write(list.add(partOf(resource, columns, [value]))),
    end: () => write(list.end()),
  }
}

interface Queried {
  readonly headings: ReadonlyArray<Heading>
  readonly part: Part
}

/**
 * Shows what a query makes of each result. Where it makes null of one, that one is left out, so that a query can choose.
 * There is a header wherever the columns are others than before.
 */
export const streamForQuery = <A>(
  presenter: Presenter,
  write: Write,
  resource: Resource<A>,
  query: Query,
): StreamOutput<A> => {
  let shown: { readonly names: string; readonly list: ListPresenter } | null = null
  const listFor = (headings: ReadonlyArray<Heading>): ListPresenter => {
    const names = JSON.stringify(headings.map(({ name }) => name))
    if (shown?.names !== names) shown = { names, list: presenter.stream(headings) }
    return shown.list
  }
  return {
    add: value =>
      pipe(
        TE.fromEither(query(toJson(resource.codec.encode(value)))),
        TE.flatMap(result => {
          if (result === null) return TE.right(undefined)
          const { headings, part } = queriedOf(presenter, resource, result)
          return write(listFor(headings).add(part))
        }),
      ),
    end: () => TE.right(undefined),
  }
}

/** A result of a query: as the resource where it still is one, or else with a column for each property. */
const queriedOf = <A>(presenter: Presenter, resource: Resource<A>, result: Json): Queried => {
  const value = resource.codec.decode(result)
  const columns = resource[presenter.listColumns]
  if (E.isRight(value))
    return { headings: headingsOf(columns), part: partOf(resource, columns, [value.right]) }
  const sheet = sheetOf([result])
  return {
    headings: sheet.columns.map(name => ({ name, widest: 0 })),
    part: { json: [result], rows: sheet.rows },
  }
}
