import { markdownTable } from 'markdown-table'
import type { Cell, Sheet } from '../resources/resource.js'
import { visible } from '../visible-text.js'
import { widthOf } from '../text-width.js'
import type { Presenter } from './presenter.js'

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
  list: columns => {
    const rows: Array<ReadonlyArray<Cell>> = []
    return {
      add: part => {
        rows.push(...part.rows)
        return ''
      },
      end: () => (columns.length === 0 ? '' : written({ columns, rows })),
    }
  },
}

const written = ({ columns, rows }: Sheet): string =>
  `${markdownTable(
    [columns, ...rows].map(row => row.map(textOf)),
    { stringLength: widthOf },
  )}\n`

const textOf = (cell: Cell): string =>
  cell === null ? '' : visible(String(cell)).replaceAll(/[\\`*_[\]<>|~]/g, '\\$&')
