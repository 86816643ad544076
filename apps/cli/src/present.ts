import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { type Json, toJson } from './json.js'
import type { Heading, One, Part, Presenter } from './presenters/presenter.js'
import { sheetOf } from './resources/any-json.js'
import type { Column, Resource } from './resources/resource.js'

/** The columns of a list. */
export const headingsOf = <A>(columns: ReadonlyArray<Column<A>>): ReadonlyArray<Heading> =>
  columns.map(({ name, widest }) => ({ name, widest: widest ?? 0 }))

/** Results as a list shows them in these columns. */
export const partOf = <A>(
  { codec }: Resource<A>,
  columns: ReadonlyArray<Column<A>>,
  values: ReadonlyArray<A>,
): Part => ({
  json: values.map(value => toJson(codec.encode(value))),
  rows: values.map(value => columns.map(({ cell }) => cell(value))),
})

/** Shows a result that may have been through a query: as the resource, or resources, where it still is. */
export const present =
  <A>(presenter: Presenter, resource: Resource<A>) =>
  (json: Json): string => {
    const one = resource.codec.decode(json)
    if (E.isRight(one)) return presenter.one(oneOf(resource, one.right, json))
    const several = Array.isArray(json) ? RA.traverse(E.Applicative)(resource.codec.decode)(json) : E.left([])
    if (E.isLeft(several) || !Array.isArray(json)) return presentAny(presenter)(json)
    const columns = resource[presenter.listColumns]
    const list = presenter.list(headingsOf(columns))
    const rows = several.right.map(value => columns.map(({ cell }) => cell(value)))
    return `${list.add({ json, rows })}${list.end()}`
  }

/** Shows a result that is no resource. */
export const presentAny =
  (presenter: Presenter) =>
  (json: Json): string => {
    if (Array.isArray(json)) {
      const { columns, rows } = sheetOf(json)
      const list = presenter.list(columns.map(name => ({ name, widest: 0 })))
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
