import type * as t from 'io-ts'

/** What stands in one cell; null where there is nothing to show. */
export type Cell = string | number | boolean | null

/** One property of a resource, flattened to a cell. */
export interface Column<A> {
  readonly name: string
  readonly cell: (value: A) => Cell
  /** How wide its widest value is, where that is known in advance. */
  readonly widest?: number
}

/** Rows under column names. */
export interface Sheet {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
  /** Some rows of many, which must not stand for the whole result. */
  readonly isSample?: boolean
}

/** How results of one kind are shown. */
export interface Resource<A> {
  /** Gives a result the form in which the wire has it, and knows it again after a query. */
  readonly codec: { readonly decode: t.Decode<unknown, A>; readonly encode: (value: A) => unknown }
  /** All columns: for CSV, and for one result by itself. */
  readonly columns: ReadonlyArray<Column<A>>
  /** The columns that fit side by side: for lists in text and Markdown. */
  readonly summary: ReadonlyArray<Column<A>>
  /** What a result lists in turn, such as the events of a history. */
  readonly details?: (value: A) => Sheet
}
