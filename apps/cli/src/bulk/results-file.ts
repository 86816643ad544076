import { type FileHandle, open } from 'node:fs/promises'
import { BatchId } from '@lethe/domain'
import { stringify } from 'csv-stringify/sync'
import { parse } from 'csv-parse'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { SingleRefusal } from '../refusal.js'
import { createDoneRows, type DoneRows } from './done-rows.js'
import { isLeftOver, Outcome, type RowResult } from './outcome.js'

/** The file in which a run says what became of each id, and from which it goes on after an interruption. */
export interface ResultsFile {
  readonly batch: BatchId
  readonly done: DoneRows
  /** How many ids had each outcome, with those of earlier runs. */
  readonly counts: Map<Outcome, number>
  readonly write: (results: ReadonlyArray<RowResult>) => Promise<void>
  readonly close: () => Promise<void>
}

const columns = ['row', 'id', 'outcome', 'requestId', 'batchId']
const Line = t.tuple([t.string, t.string, t.string, t.string, t.string])

/**
 * Opens a file of results, or makes it. Only its owner may read it: it holds ids of people.
 *
 * @param batch the batch of a new file; one that is there goes on with its own.
 * @returns `ResultsOfOther` where it is no file of results, or of another batch than was asked for.
 */
export const openResults = async (
  path: string,
  batch: { readonly id: BatchId; readonly isGiven: boolean },
): Promise<E.Either<SingleRefusal, ResultsFile>> => {
  let file: FileHandle
  try {
    file = await open(path, 'a+', 0o600)
  } catch (error) {
    return E.left({ _tag: 'FileUnusable', path, reason: codeOf(error) })
  }
  const other: SingleRefusal = { _tag: 'ResultsOfOther', path }
  try {
    const { size } = await file.stat()
    const read = size === 0 ? null : await readResults(file)
    if (size > 0 && read === null) {
      await file.close()
      return E.left(other)
    }
    const id = read?.batch ?? batch.id
    if (batch.isGiven && id !== batch.id) {
      await file.close()
      return E.left(other)
    }
    await file.chmod(0o600)
    // What was cut off in the middle of a line was never counted as done.
    if (read !== null && read.wholeBytes < size) await file.truncate(read.wholeBytes)
    if (read === null) {
      await file.appendFile(linesOf([columns, [0, '', 'begun', '', id]]))
      await file.sync()
    }
    const counts = read?.counts ?? new Map<Outcome, number>()
    const done = read?.done ?? createDoneRows()
    return E.right({
      batch: id,
      done,
      counts,
      write: async results => {
        for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
        await file.appendFile(
          linesOf(
            results.map(({ number, cell, outcome, requestId }) => [
              number,
              // What it is nobody knows: a formula, or many lines. The row says where it stands.
              outcome === 'malformed' ? '' : cell,
              outcome,
              requestId,
              id,
            ]),
          ),
        )
      },
      close: async () => {
        await file.sync()
        await file.close()
      },
    })
  } catch (error) {
    await file.close()
    return E.left({ _tag: 'FileUnusable', path, reason: codeOf(error) })
  }
}

/** CSV as RFC 4180 has it. */
const linesOf = (records: Parameters<typeof stringify>[0]): string =>
  stringify(records, { record_delimiter: 'windows' })

interface Read {
  readonly batch: BatchId
  readonly done: DoneRows
  readonly counts: Map<Outcome, number>
  readonly wholeBytes: number
}

/** Reads what is there line by line; null where it is no file of results. */
const readResults = async (file: FileHandle): Promise<Read | null> => {
  const done = createDoneRows()
  const counts = new Map<Outcome, number>()
  const wholeBytes = await lengthOfWholeLines(file)
  if (wholeBytes === 0) return null
  let batch: BatchId | null = null
  let lines = 0
  const parser = file
    .createReadStream({ start: 0, end: wholeBytes - 1, autoClose: false })
    .pipe(parse({ relax_column_count: true, relax_quotes: true }))
  for await (const record of parser) {
    lines += 1
    const line = Line.decode(record)
    if (E.isLeft(line)) return null
    const [row, id, outcome, , batchId] = line.right
    if (lines === 1) {
      if (line.right.join() !== columns.join()) return null
      continue
    }
    if (lines === 2) {
      const decoded = BatchId.decode(batchId)
      if (E.isLeft(decoded)) return null
      batch = decoded.right
      continue
    }
    if (!Outcome.is(outcome)) return null
    done.add(Number(row), outcome === 'malformed' ? null : id)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
  return batch === null ? null : { batch, done, counts, wholeBytes }
}

const lengthOfWholeLines = async (file: FileHandle): Promise<number> => {
  const { size } = await file.stat()
  const tail = Buffer.alloc(Math.min(size, 4096))
  await file.read(tail, 0, tail.length, size - tail.length)
  return size - tail.length + tail.lastIndexOf(0x0a) + 1
}

/** How many ids somebody has to look at again. */
export const leftOverIn = (counts: ReadonlyMap<Outcome, number>): number =>
  [...counts].reduce((sum, [outcome, count]) => sum + (isLeftOver(outcome) ? count : 0), 0)

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
