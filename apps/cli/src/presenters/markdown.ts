import { markdownTable } from 'markdown-table'
import type { Cell, Sheet } from '../resources/resource.js'
import { visible } from '../visible-text.js'
import { widthOf } from '../text-width.js'
import type { Heading, ListPresenter, Presenter } from './presenter.js'

/** One table, in parts: each part is aligned in itself, which is all the same to whoever renders it. */
const list = (headings: ReadonlyArray<Heading>): ListPresenter => {
  const columns = headings.map(({ name }) => name)
  let begun = columns.length === 0
  const part = (rows: Sheet['rows']): string => {
    const lines = written({ columns, rows }).split(/(?<=\n)/)
    const shown = begun ? lines.slice(2) : lines
    begun = true
    return shown.join('')
  }
  return {
    add: ({ rows }) => (rows.length === 0 || columns.length === 0 ? '' : part(rows)),
    end: () => (begun ? '' : part([])),
    breakOff: () => '',
  }
}

/** Tables of GitHub Flavored Markdown. Nothing in a cell is taken for Markdown or HTML. */
export const markdownPresenter: Presenter = {
  listColumns: 'summary',
  one: ({ columns, cells, details }) =>
    [
      written({
        columns: ['property', 'value'],
        rows: columns
          .map((name, index): ReadonlyArray<Cell> => [name, cells[index] ?? null])
          .filter(([, cell]) => cell !== null),
      }),
      ...(details === null ? [] : [written(details)]),
    ].join('\n'),
  list,
  stream: list,
}

const written = ({ columns, rows }: Sheet): string =>
  `${markdownTable(
    [columns, ...rows].map(row => row.map(textOf)),
    { stringLength: widthOf },
  )}\n`

const textOf = (cell: Cell): string =>
  cell === null ? '' : visible(String(cell)).replaceAll(/[\\`*_[\]<>|~]/g, '\\$&')
