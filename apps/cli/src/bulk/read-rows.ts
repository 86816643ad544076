import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type UsageMistake, usageMistake } from '../refusal.js'
import { type ColumnChoice, findColumn } from './column.js'

/** One id of a file, as it stands there. */
export interface Row {
  /** From 1 on, without the line of names and without empty ones. */
  readonly number: number
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
  const parser = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    // Each in its own right: files are put together from parts with either.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: longestRecord,
  })
  const source = Readable.from(chunks)
  source.on('error', error => parser.destroy(error))
  source.pipe(parser)
  let index: number | null = null
  let number = 0
  try {
    for await (const record of parser) {
      const cells = Cells.decode(record)
      if (E.isLeft(cells)) continue
      if (index === null) {
        const found = findColumn(choice, cells.right)
        if (E.isLeft(found)) {
          yield found
          return
        }
        index = found.right.index
        if (found.right.hasHeader) continue
      }
      number += 1
      yield E.right({ number, cell: (cells.right[index] ?? '').trim() })
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    yield E.left(usageMistake(`The file is no CSV that can be read, after id ${number}: ${error.code}.`))
  } finally {
    source.destroy()
    parser.destroy()
  }
}
