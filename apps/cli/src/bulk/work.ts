import * as E from 'fp-ts/lib/Either.js'
import type { SingleRefusal } from '../refusal.js'
import type { Session } from '../session.js'
import { atOnce } from './ask-many.js'
import { eachChunk } from './each-chunk.js'
import type { FileRemoval } from './file-removal.js'
import type { InputFile } from './input-file.js'
import type { RowResult } from './outcome.js'
import { patienceOf } from './patience.js'
import { progressOf } from './progress.js'
import { readRows, type Row } from './read-rows.js'
import { type ResultsFile, unusable } from './results-file.js'

/** So many chunks of rows are under way at a time. */
const sideBySide = 8

/** What it takes to ask the server about many. */
export const manyOf = ({ io, lethe, say }: Session) => ({
  io,
  lethe,
  patience: patienceOf(io, say, Math.random),
})

/** Does the rows of a file that are not done yet, and shows how far it is. */
export const work = async (
  { io, during }: Session,
  removal: FileRemoval,
  input: InputFile,
  total: number | null,
  results: ResultsFile | null,
  workOn: (rows: ReadonlyArray<Row>) => Promise<E.Either<SingleRefusal, ReadonlyArray<RowResult>>>,
): Promise<E.Either<SingleRefusal, void>> => {
  const progress = progressOf(total, results?.done.count() ?? 0, io.now)
  const open = openRows(readRows(input.chunks(), removal.column), results)
  return during(progress.line, () =>
    eachChunk(
      open,
      { size: atOnce, sideBySide },
      io,
      async rows => {
        const worked = await workOn(rows)
        if (E.isLeft(worked)) return worked
        progress.advance(rows.length)
        return E.right(undefined)
      },
      error => unusable(removal.file, error),
    ),
  )
}

/** Rows that are not done yet. A row that is done with another id shows that the file is not the one that it was. */
async function* openRows(
  rows: AsyncIterable<E.Either<SingleRefusal, Row>>,
  results: ResultsFile | null,
): AsyncGenerator<E.Either<SingleRefusal, Row>> {
  for await (const row of rows) {
    const look =
      E.isRight(row) && results !== null ? results.done.look(row.right.number, row.right.cell) : 'open'
    if (look === 'changed' && E.isRight(row)) {
      yield E.left({ _tag: 'FileChanged', row: row.right.number })
      return
    }
    if (look === 'open') yield row
  }
}
