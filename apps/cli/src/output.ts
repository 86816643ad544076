import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import type { Sink } from './io.js'
import { type Json, toJson } from './json.js'
import { csvPresenter } from './presenters/csv.js'
import { jsonPresenter } from './presenters/json.js'
import { markdownPresenter } from './presenters/markdown.js'
import { nonePresenter } from './presenters/none.js'
import type { One, Presenter } from './presenters/presenter.js'
import { textPresenter } from './presenters/text.js'
import type { Query } from './query.js'
import { outputClosed, type SingleRefusal } from './refusal.js'
import { sheetOf } from './resources/any-json.js'
import type { Resource } from './resources/resource.js'

export const OutputFormat = t.keyof({ text: null, json: null, csv: null, md: null, none: null })
export type OutputFormat = t.TypeOf<typeof OutputFormat>

type Shown = TE.TaskEither<SingleRefusal, void>

/** Shows results on stdout. `OutputClosed` where nobody reads them any more. */
export interface Output {
  readonly one: <A>(resource: Resource<A>, value: A) => Shown
  readonly list: <A>(resource: Resource<A>) => ListOutput<A>
  /** A result that is no resource. */
  readonly plain: (json: Json) => Shown
}

/** A list that is shown as it comes, or at its end where the format or a query needs all of it. */
interface ListOutput<A> {
  readonly add: (values: ReadonlyArray<A>) => Shown
  readonly end: () => Shown
}

/** @param coloured whether text may have colours. */
export const createOutput = (
  stdout: Sink,
  format: OutputFormat,
  query: Query | null,
  coloured: boolean,
): Output => {
  const presenter = presenterOf(format, coloured)
  const write =
    (text: string): Shown =>
    async () =>
      text !== '' && (await stdout.write(text)) === 'closed' ? E.left(outputClosed) : E.right(undefined)
  const queried = (json: Json): E.Either<SingleRefusal, Json> =>
    query === null ? E.right(json) : query(json)

  return {
    one: (resource, value) =>
      pipe(
        TE.fromEither(queried(toJson(resource.codec.encode(value)))),
        TE.flatMap(json => write(present(presenter, resource)(json))),
      ),
    plain: json =>
      pipe(
        TE.fromEither(queried(json)),
        TE.flatMap(result => write(presentAny(presenter)(result))),
      ),
    list: resource => {
      if (query !== null)
        return queriedList(resource, json =>
          pipe(
            TE.fromEither(queried(json)),
            TE.flatMap(result => write(present(presenter, resource)(result))),
          ),
        )
      const columns = resource[presenter.listColumns]
      const list = presenter.list(columns.map(({ name }) => name))
      return {
        add: values =>
          write(
            list.add({
              json: values.map(value => toJson(resource.codec.encode(value))),
              rows: values.map(value => columns.map(({ cell }) => cell(value))),
            }),
          ),
        end: () => write(list.end()),
      }
    },
  }
}

const queriedList = <A>(resource: Resource<A>, show: (all: Json) => Shown): ListOutput<A> => {
  const all: Array<Json> = []
  return {
    add: values => {
      all.push(...values.map(value => toJson(resource.codec.encode(value))))
      return TE.right(undefined)
    },
    end: () => show(all),
  }
}

const presenterOf = (format: OutputFormat, coloured: boolean): Presenter => {
  switch (format) {
    case 'text':
      return textPresenter(coloured)
    case 'json':
      return jsonPresenter
    case 'csv':
      return csvPresenter
    case 'md':
      return markdownPresenter
    case 'none':
      return nonePresenter
  }
}

/** Shows a result that may have been through a query: as the resource, or resources, where it still is. */
const present =
  <A>(presenter: Presenter, resource: Resource<A>) =>
  (json: Json): string => {
    const one = resource.codec.decode(json)
    if (E.isRight(one)) return presenter.one(oneOf(resource, one.right, json))
    const several = Array.isArray(json) ? RA.traverse(E.Applicative)(resource.codec.decode)(json) : E.left([])
    if (E.isLeft(several) || !Array.isArray(json)) return presentAny(presenter)(json)
    const columns = resource[presenter.listColumns]
    const list = presenter.list(columns.map(({ name }) => name))
    const rows = several.right.map(value => columns.map(({ cell }) => cell(value)))
    return `${list.add({ json, rows })}${list.end()}`
  }

const presentAny =
  (presenter: Presenter) =>
  (json: Json): string => {
    if (Array.isArray(json)) {
      const { columns, rows } = sheetOf(json)
      const list = presenter.list(columns)
      return `${list.add({ json, rows })}${list.end()}`
    }
    const { columns, rows } = sheetOf(json === null ? [] : [json])
    return presenter.one({ json, columns, cells: rows[0] ?? [], details: null })
  }

const oneOf = <A>({ columns, details }: Resource<A>, value: A, json: Json): One => ({
  json,
  columns: columns.map(({ name }) => name),
  cells: columns.map(({ cell }) => cell(value)),
  details: details?.(value) ?? null,
})
