import { styleText } from 'node:util'
import { RemovalState } from '@lethe/domain'
import { isScalar } from '../resources/any-json.js'
import type { Cell, Sheet } from '../resources/resource.js'
import { widthOf } from '../text-width.js'
import { visible } from '../visible-text.js'
import type { Heading, ListPresenter, Presenter } from './presenter.js'

/**
 * For people: lists as aligned columns, a single result as lines of `name: value` without those that are empty, a
 * bare value as it is.
 *
 * @param coloured whether to use colours.
 */
export const textPresenter = (coloured: boolean): Presenter => ({
  listColumns: 'summary',
  one: ({ json, columns, cells, details }) => {
    if (isScalar(json)) return json === null ? '' : `${textOf(json)}\n`
    const lines = pairs(coloured, columns, cells)
    return details === null || details.rows.length === 0 ? lines : `${lines}\n${sheet(coloured, details)}`
  },
  list: listWriter(coloured),
  stream: listWriter(coloured),
})

const listWriter =
  (coloured: boolean) =>
  (headings: ReadonlyArray<Heading>): ListPresenter => {
    const add = columnWriter(coloured, headings)
    return {
      add: ({ json, rows }) =>
        json.length > 0 && json.every(isScalar)
          ? json.map(value => `${textOf(value)}\n`).join('')
          : add(rows),
      end: () => '',
      breakOff: () => '',
    }
  }

const sheet = (coloured: boolean, { columns, rows }: Sheet): string =>
  columnWriter(
    coloured,
    columns.map(name => ({ name, widest: 0 })),
  )(rows)

/**
 * Writes rows, and a header before the first. Columns are as wide as their widest value where it is known in advance, and
 * as the first part needs where it is not, because whoever waits for the widest value of all waits for the last page.
 * They keep that width from part to part, and grow where they must: a value is never cut, a script may read it.
 */
const columnWriter = (coloured: boolean, headings: ReadonlyArray<Heading>) => {
  const columns = headings.map(({ name }) => name)
  let widths = headings.map(({ widest }) => widest)
  let begun = false
  return (rows: ReadonlyArray<ReadonlyArray<Cell>>): string => {
    if (rows.length === 0) return ''
    const header = begun ? [] : [columns.map(visible)]
    const texts = [...header, ...rows.map(row => row.map(textOf))]
    widths = widths.map((width, column) => Math.max(width, ...texts.map(row => widthOf(row[column] ?? ''))))
    const lines = texts.map((row, index) =>
      line(row, widths, index < header.length ? headed(coloured) : stated(coloured, columns)),
    )
    begun = true
    return lines.join('')
  }
}

type Paint = (text: string, column: number) => string

const line = (row: ReadonlyArray<string>, widths: ReadonlyArray<number>, paint: Paint): string => {
  const cells = row.map((text, column) => {
    const isLast = column === row.length - 1
    const gap = isLast ? '' : ' '.repeat((widths[column] ?? 0) - widthOf(text) + 2)
    return `${paint(text, column)}${gap}`
  })
  return `${cells.join('').trimEnd()}\n`
}

const pairs = (coloured: boolean, columns: ReadonlyArray<string>, cells: ReadonlyArray<Cell>): string => {
  const shown = columns.flatMap((name, index) => {
    const cell = cells[index] ?? null
    return cell === null ? [] : [{ name, text: textOf(cell) }]
  })
  const widest = Math.max(0, ...shown.map(({ name }) => widthOf(visible(name))))
  return shown
    .map(({ name, text }) => {
      const label = `${visible(name)}:`
      const gap = ' '.repeat(widest - widthOf(label) + 2)
      return `${bold(coloured, label)}${gap}${stated(coloured, [name])(text, 0)}\n`
    })
    .join('')
}

const textOf = (cell: Cell): string => (cell === null ? '-' : visible(String(cell)))

const bold = (coloured: boolean, text: string): string =>
  coloured ? styleText('bold', text, { validateStream: false }) : text

const headed =
  (coloured: boolean): Paint =>
  text =>
    bold(coloured, text)

const colours: Record<RemovalState, 'green' | 'yellow' | 'cyan' | 'red' | 'gray'> = {
  pendingApproval: 'yellow',
  approved: 'cyan',
  removing: 'cyan',
  verifying: 'cyan',
  completed: 'green',
  failed: 'red',
  denied: 'gray',
  withdrawn: 'gray',
  abandoned: 'gray',
  expired: 'gray',
}

/** The columns that hold the state of a request. */
const statedIn: ReadonlySet<string> = new Set(['state', 'from', 'to'])

const stated =
  (coloured: boolean, columns: ReadonlyArray<string>): Paint =>
  (text, column) =>
    coloured && statedIn.has(columns[column] ?? '') && RemovalState.is(text)
      ? styleText(colours[text], text, { validateStream: false })
      : text
