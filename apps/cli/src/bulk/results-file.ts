import { type FileHandle, open } from 'node:fs/promises'
import type { BatchId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { SingleRefusal } from '../refusal.js'
import { createDoneRows, type DoneRows } from './done-rows.js'
import { inTurn } from './in-turn.js'
import { isLeftOver, type Outcome, type SubmittedRow } from './outcome.js'
import { type ReadResults, readResults } from './read-results.js'
import { type Destination, headOf, lineOfBatch, linesOfResults } from './results-format.js'

/** The file in which a run says what became of each id, and from which it goes on after an interruption. */
export interface ResultsFile {
  /** The batch that is made now. */
  readonly batch: () => BatchId
  /** Those of earlier runs, which were closed before their ends. */
  readonly earlier: ReadonlyArray<BatchId>
  /** Goes on with another batch, because this one is closed. */
  readonly goOnWith: (batch: BatchId) => Promise<E.Either<SingleRefusal, void>>
  readonly done: DoneRows
  /** How many ids had each outcome, with those of earlier runs. */
  readonly counts: Map<Outcome, number>
  /** Writes what became of rows; where it cannot, nothing of it stays. */
  readonly write: (results: ReadonlyArray<SubmittedRow>) => Promise<E.Either<SingleRefusal, void>>
  readonly close: () => Promise<void>
}

/** What a file of results is to be of. */
export interface ResultsOf {
  readonly batch: BatchId
  /** Whether the batch was named: then no other one will do. */
  readonly isGiven: boolean
  readonly destination: Destination
}

/**
 * Opens a file of results, or makes it. Only its owner may read it: it holds ids of people.
 *
 * @param of a file that is there goes on with its own batch, the last one that it has.
 * @returns `ResultsOfOther` where it is no file of results, or of another batch, server, tenant or date of receipt.
 */
export const openResults = async (
  path: string,
  of: ResultsOf,
): Promise<E.Either<SingleRefusal, ResultsFile>> => {
  let file: FileHandle | null = null
  try {
    file = await open(path, 'a+', 0o600)
    const opened = await readOrBegin(file, of)
    if (E.isLeft(opened)) {
      await file.close()
      return E.left({ _tag: 'ResultsOfOther', path, differs: opened.left })
    }
    return E.right(resultsIn(file, path, opened.right))
  } catch (error) {
    await file?.close().catch(() => undefined)
    return E.left(unusable(path, error))
  }
}

type Differs = Extract<SingleRefusal, { readonly _tag: 'ResultsOfOther' }>['differs']

const readOrBegin = async (file: FileHandle, of: ResultsOf): Promise<E.Either<Differs, ReadResults>> => {
  const { size } = await file.stat()
  if (size === 0) {
    await file.chmod(0o600)
    const head = headOf(of.batch, of.destination)
    await file.appendFile(head)
    await file.sync()
    const { batch, destination } = of
    return E.right({
      batches: [batch],
      destination,
      done: createDoneRows(),
      counts: new Map(),
      wholeBytes: Buffer.byteLength(head),
    })
  }
  const read = await readResults(file)
  if (read === null) return E.left('kind')
  const differs = differenceOf(read, of)
  if (differs !== null) return E.left(differs)
  await file.chmod(0o600)
  // What was cut off in the middle of a line was never counted as done.
  if (read.wholeBytes < size) await file.truncate(read.wholeBytes)
  return E.right(read)
}

const differenceOf = ({ batches, destination }: ReadResults, of: ResultsOf): Differs | null => {
  if (of.isGiven && !batches.includes(of.batch)) return 'batch'
  const parts = ['server', 'tenant', 'received'] as const
  return parts.find(part => destination[part] !== of.destination[part]) ?? null
}

const resultsIn = (
  file: FileHandle,
  path: string,
  { batches, destination, done, counts, wholeBytes }: ReadResults,
): ResultsFile => {
  let length = wholeBytes
  const begun = [...batches]

  const append = async (text: string): Promise<E.Either<SingleRefusal, void>> => {
    try {
      await file.appendFile(text)
    } catch (error) {
      // Half of a line would spoil those that come after it.
      await file.truncate(length).catch(() => undefined)
      return E.left(unusable(path, error))
    }
    length += Buffer.byteLength(text)
    return E.right(undefined)
  }

  const { next, settled } = inTurn(append)
  return {
    batch: () => begun.at(-1) ?? nothingBegun(),
    earlier: batches.slice(0, -1),
    goOnWith: async batch => {
      begun.push(batch)
      return next(lineOfBatch(batch, destination))
    },
    done,
    counts,
    write: async results => {
      const written = await next(linesOfResults(results))
      if (E.isRight(written))
        for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      return written
    },
    close: async () => {
      await settled()
      await file.sync().catch(() => undefined)
      await file.close()
    },
  }
}

const nothingBegun = (): never => {
  throw new Error('A file of results begins with a batch')
}

/** How many ids somebody has to look at again. */
export const leftOverIn = (counts: ReadonlyMap<Outcome, number>): number =>
  [...counts].reduce((sum, [outcome, count]) => sum + (isLeftOver(outcome) ? count : 0), 0)

/** A file that cannot be used, by the code of the platform. */
export const unusable = (path: string, error: unknown): SingleRefusal => ({
  _tag: 'FileUnusable',
  path,
  reason:
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown',
})
