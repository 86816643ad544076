import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { HistoryRefusal } from '../refusal.js'
import { attempted } from './attempted.js'
import { foundAt, openPrivate } from './state-folder.js'

/** Reads a file that is its owner's alone; null where it is not there. */
export const readPrivate = (path: string): Promise<E.Either<HistoryRefusal, string | null>> =>
  attempted(async () => {
    if ((await foundAt(path)) === null) return E.right(null)
    const file = await openPrivate(path, constants.O_RDONLY)
    if (E.isLeft(file)) return file
    try {
      return E.right(await file.right.readFile('utf8'))
    } finally {
      await file.right.close()
    }
  })

/** Replaces a file as a whole: whoever reads it sees what was before or what is now, also after a crash. */
export const replacePrivate = (path: string, text: string): Promise<E.Either<HistoryRefusal, void>> =>
  attempted(async () => {
    const draft = `${path}.draft`
    await rm(draft, { force: true })
    const written = await writeAndSync(draft, text)
    if (E.isLeft(written)) return written
    await rename(draft, path)
    await syncFolder(dirname(path))
    return E.right(undefined)
  })

/** Appends to a file, and waits until the disk has it. */
export const writeAndSync = (path: string, text: string | Buffer): Promise<E.Either<HistoryRefusal, void>> =>
  attempted(async () => {
    const file = await openPrivate(path, constants.O_WRONLY | constants.O_APPEND)
    if (E.isLeft(file)) return file
    try {
      await file.right.appendFile(text)
      await file.right.sync()
      return E.right(undefined)
    } finally {
      await file.right.close()
    }
  })

/** Without this a new name may be gone after a power cut. Windows does not open folders. */
export const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
