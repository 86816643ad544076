import { type Figure, meetsBar } from './figure.js'

/** What is written to a file: each figure by its name. */
export const reportOf = (figures: ReadonlyArray<Figure>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(figures.map(({ name, value, bar, unit }) => [name, { value, bar, unit }]))

/** What is shown. */
export const tableOf = (figures: ReadonlyArray<Figure>): string => {
  const rows = [
    ['figure', 'value', 'bar', 'met', 'of'],
    ...figures.map(figure => [
      figure.name,
      `${figure.value}${figure.unit === 'ratio' ? '' : ` ${figure.unit}`}`,
      barOf(figure),
      figure.is === 'reported' ? '' : meetsBar(figure) ? 'yes' : 'NO',
      figure.detail,
    ]),
  ]
  const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const barOf = ({ bar, is }: Figure): string => {
  switch (is) {
    case 'atLeast':
      return `>= ${bar ?? ''}`
    case 'atMost':
      return `<= ${bar ?? ''}`
    case 'reported':
      return ''
  }
}
