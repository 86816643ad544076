import type { Json } from '../json.js'
import type { Cell, Sheet } from '../resources/resource.js'

/** A result by itself. */
export interface One {
  readonly json: Json
  readonly columns: ReadonlyArray<string>
  readonly cells: ReadonlyArray<Cell>
  /** What it lists in turn. */
  readonly details: Sheet | null
}

/** A part of a list of results. */
interface Part {
  readonly json: ReadonlyArray<Json>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}

/** Shows a list that comes in parts. What cannot be shown in parts is kept until the end. */
interface ListPresenter {
  readonly add: (part: Part) => string
  readonly end: () => string
}

/** A form in which results are written; all texts end with a line end, or are empty. */
export interface Presenter {
  /** Which columns of a resource lists have. */
  readonly listColumns: 'columns' | 'summary'
  readonly one: (result: One) => string
  /** @param columns the names of the columns of all rows that will come. */
  readonly list: (columns: ReadonlyArray<string>) => ListPresenter
}
