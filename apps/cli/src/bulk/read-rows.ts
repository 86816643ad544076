import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type UsageMistake, usageMistake } from '../refusal.js'
import { type ColumnChoice, type ColumnFound, findColumn } from './column.js'
import { delimiterIn, firstLineOf } from './delimiter.js'

/** One id of a file, as it stands there. */
export interface Row {
  /** From 1 on, without the line of names and without empty ones. */
  readonly number: number
  /** Empty where the row has more or fewer cells than the first one: nobody knows which of them is meant. */
  readonly cell: string
}

const Cells = t.readonlyArray(t.string)

/** The longest line, in characters: a file that is no CSV must not be read into memory whole. */
const longestRecord = 100_000

/**
 * Reads the ids of a CSV (RFC 4180, also with semicolons or tabs), row by row: nothing of it is kept.
 *
 * @param chunks the file, in UTF-8, with or without a byte order mark.
 * @returns rows; the last one a mistake where the file cannot be read on.
 */
export async function* readRows(
  chunks: AsyncIterable<Uint8Array>,
  choice: ColumnChoice,
): AsyncGenerator<E.Either<UsageMistake, Row>> {
  const source = chunks[Symbol.asyncIterator]()
  const { line, read } = await firstLineOf(source)
  const parser = parse({
    bom: true,
    delimiter: delimiterIn(line),
    // Each in its own right: files are put together from parts with either.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: longestRecord,
  })
  const stream = Readable.from(rejoined(read, source))
  stream.on('error', error => parser.destroy(error))
  stream.pipe(parser)
  let found: (ColumnFound & { readonly width: number }) | null = null
  let number = 0
  try {
    for await (const record of parser) {
      const cells = Cells.decode(record)
      if (E.isLeft(cells)) continue
      if (found === null) {
        const column = findColumn(choice, cells.right)
        if (E.isLeft(column)) {
          yield column
          return
        }
        found = { ...column.right, width: cells.right.length }
        if (found.hasHeader) continue
      }
      number += 1
      const cell = cells.right.length === found.width ? cells.right[found.index] : undefined
      yield E.right({ number, cell: (cell ?? '').trim() })
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    yield E.left(
      usageMistake(`The file is no CSV that can be read, after id ${number}: ${problemOf(error)}.`),
    )
  } finally {
    stream.destroy()
    parser.destroy()
  }
}

const problems: ReadonlyMap<string, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'a quotation mark is opened and not closed'],
  ['INVALID_OPENING_QUOTE', 'a quotation mark stands within a value'],
  ['CSV_INVALID_CLOSING_QUOTE', 'something follows the quotation mark that ends a value'],
  ['CSV_MAX_RECORD_SIZE', `a line has more than ${longestRecord} characters`],
])

/** Not the message of the error, which quotes the file. */
const problemOf = ({ code }: CsvError): string => problems.get(code) ?? code

async function* rejoined(read: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield read
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}
