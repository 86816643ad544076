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
export interface Part {
  readonly json: ReadonlyArray<Json>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}

/** Shows a list that comes in parts, each as it comes. */
export interface ListPresenter {
  readonly add: (part: Part) => string
  /** What is written once the list is whole. */
  readonly end: () => string
  /** What is written in its place where the list breaks off: nothing that would make it look whole. */
  readonly breakOff: () => string
}

/** A column of a list. */
export interface Heading {
  readonly name: string
  /** How wide its widest value is, where that is known before there is a value; 0 where it is not. */
  readonly widest: number
}

/** A form in which results are written. What is written ends with a line end, but for a JSON list that goes on. */
export interface Presenter {
  /** Which columns of a resource lists have. */
  readonly listColumns: 'columns' | 'summary'
  readonly one: (result: One) => string
  /** @param headings the columns of all rows that will come. */
  readonly list: (headings: ReadonlyArray<Heading>) => ListPresenter
  /** A list that has no end, so that each result has to stand for itself. */
  readonly stream: (headings: ReadonlyArray<Heading>) => ListPresenter
}
