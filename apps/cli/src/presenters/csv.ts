import { stringify } from 'csv-stringify/sync'
import type { Cell } from '../resources/resource.js'
import { visible } from '../visible-text.js'
import type { Heading, ListPresenter, Presenter } from './presenter.js'

const list = (headings: ReadonlyArray<Heading>): ListPresenter => {
  let header: ReadonlyArray<ReadonlyArray<Cell>> = [headings.map(({ name }) => name)]
  const part = (rows: ReadonlyArray<ReadonlyArray<Cell>>): string => {
    const text = written([...header, ...rows])
    header = []
    return text
  }
  return { add: ({ rows }) => part(rows), end: () => part([]), breakOff: () => '' }
}

/**
 * RFC 4180, with a header. One table is all that a file has: what a result lists in turn goes before the result itself, unless
 * it is a sample. A text that a spreadsheet would take for a formula (it starts with `=`, `+`, `-`, `@`, a
 * tab or a line end) gets an apostrophe in front, which spreadsheets hide.
 */
export const csvPresenter: Presenter = {
  listColumns: 'columns',
  one: ({ columns, cells, details }) =>
    details === null || details.isSample === true
      ? written([columns, cells])
      : written([details.columns, ...details.rows]),
  list,
  stream: list,
}

const written = (rows: ReadonlyArray<ReadonlyArray<Cell>>): string =>
  stringify(
    rows.map(row => row.map(textOf)),
    { record_delimiter: 'windows', escape_formulas: true },
  )

/** Lines stay lines: RFC 4180 has them in quotes. */
const textOf = (cell: Cell): string =>
  cell === null ? '' : String(cell).split(/\r?\n/).map(visible).join('\n')
