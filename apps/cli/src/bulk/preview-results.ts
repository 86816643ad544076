import { type FileHandle, open } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { SingleRefusal } from '../refusal.js'
import { inTurn } from './in-turn.js'
import type { RowResult } from './outcome.js'
import { unusable } from './results-file.js'
import { linesOfPreview, previewHead } from './results-format.js'

/** The file in which a preview says what would become of each id. */
export interface PreviewResults {
  readonly write: (results: ReadonlyArray<RowResult>) => Promise<E.Either<SingleRefusal, void>>
  readonly close: () => Promise<void>
}

/**
 * Makes a file that is not there yet. Only its owner may read it: it holds ids of people.
 *
 * @returns `FileUnusable`, with EEXIST where there is something at that path: nothing is written over.
 */
export const openPreviewResults = async (path: string): Promise<E.Either<SingleRefusal, PreviewResults>> => {
  let file: FileHandle | null = null
  try {
    file = await open(path, 'wx', 0o600)
    await file.appendFile(previewHead())
    return E.right(resultsIn(file, path))
  } catch (error) {
    await file?.close().catch(() => undefined)
    return E.left(unusable(path, error))
  }
}

const resultsIn = (file: FileHandle, path: string): PreviewResults => {
  const append = async (results: ReadonlyArray<RowResult>): Promise<E.Either<SingleRefusal, void>> => {
    try {
      await file.appendFile(linesOfPreview(results))
      return E.right(undefined)
    } catch (error) {
      return E.left(unusable(path, error))
    }
  }
  const { next, settled } = inTurn(append)
  return {
    write: next,
    close: async () => {
      await settled()
      await file.close()
    },
  }
}
