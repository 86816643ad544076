import type { FileHandle } from 'node:fs/promises'
import { BatchId } from '@lethe/domain'
import { parse } from 'csv-parse'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { createDoneRows, type DoneRows } from './done-rows.js'
import { Outcome } from './outcome.js'
import { columns, type Destination } from './results-format.js'

/** What a file of results says. */
export interface ReadResults {
  /** In the order in which they were begun: each but the last is closed. */
  readonly batches: ReadonlyArray<BatchId>
  readonly destination: Destination
  readonly done: DoneRows
  readonly counts: Map<Outcome, number>
  /** How far it goes in whole lines: what comes after was cut off, and is not done. */
  readonly wholeBytes: number
}

const Line = t.readonlyArray(t.string)

/**
 * Reads a file of results, line by line. What was refused is not done: it may be taken another time.
 *
 * @returns null where it is no such file.
 */
export const readResults = async (file: FileHandle): Promise<ReadResults | null> => {
  const wholeBytes = await lengthOfWholeLines(file)
  if (wholeBytes === 0) return null
  const done = createDoneRows()
  const counts = new Map<Outcome, number>()
  const batches: Array<BatchId> = []
  let destination: Destination | null = null
  let lines = 0
  const parser = file
    .createReadStream({ start: 0, end: wholeBytes - 1, autoClose: false })
    .pipe(parse({ relax_column_count: true, relax_quotes: true }))
  for await (const record of parser) {
    lines += 1
    const line = Line.decode(record)
    if (E.isLeft(line) || line.right.length !== columns.length) return null
    const [row = '', id = '', outcome = '', requestId = '', batchId = '', code = ''] = line.right
    if (lines === 1) {
      if (line.right.join() !== columns.join()) return null
      continue
    }
    if (lines === 2 || outcome === 'begun') {
      const batch = BatchId.decode(batchId)
      if (E.isLeft(batch) || outcome !== 'begun') return null
      batches.push(batch.right)
      destination ??= { server: id, tenant: requestId, received: code }
      continue
    }
    if (!Outcome.is(outcome) || !/^[1-9]\d*$/.test(row)) return null
    if (outcome === 'refused') continue
    done.add(Number(row), outcome === 'malformed' ? null : id)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  return destination === null ? null : { batches, destination, done, counts, wholeBytes }
}

const lengthOfWholeLines = async (file: FileHandle): Promise<number> => {
  const { size } = await file.stat()
  const tail = Buffer.alloc(Math.min(size, 4096))
  await file.read(tail, 0, tail.length, size - tail.length)
  return size - tail.length + tail.lastIndexOf(0x0a) + 1
}
