import { constants } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname, isAbsolute } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { FileRefusal, PrivateFiles } from './io.js'

/** Beyond this a file is none of ours. */
const mostBytes = 4 * 1024 * 1024

const Coded = t.type({ code: t.string })

/**
 * Files that only their owner may read, in folders that only their owner may enter.
 *
 * @param userId of the process; null where the platform has none, and modes say nothing (Windows).
 */
export const privateFiles = (userId: number | null): PrivateFiles => ({
  read: path => async () => {
    if (!isAbsolute(path)) return E.right(null)
    try {
      const wrong = await problemOf(dirname(path), userId, 'folder')
      if (wrong !== null) return E.left(wrong)
      // Without NONBLOCK a pipe in the place of the file would hold us up for ever.
      const file = await open(path, constants.O_RDONLY | (userId === null ? 0 : constants.O_NONBLOCK))
      try {
        const found = await file.stat()
        const unsafe = problemIn(path, found, userId, 'file')
        if (unsafe !== null) return E.left(unsafe)
        return found.size > mostBytes
          ? E.left({ _tag: 'UnreadableFile', path })
          : E.right(await file.readFile('utf8'))
      } finally {
        await file.close()
      }
    } catch (error) {
      return codeOf(error) === 'ENOENT' ? E.right(null) : E.left(unusable(path, error))
    }
  },
  write: (path, text) => async () => {
    if (!isAbsolute(path)) return E.left({ _tag: 'FileFailed', path, reason: 'no home folder' })
    const folder = dirname(path)
    const temporary = `${path}.${randomUUID()}.tmp`
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const wrong = await problemOf(folder, userId, 'folder')
      if (wrong !== null) return E.left(wrong)
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
      return E.right(undefined)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined)
      return E.left(unusable(path, error))
    }
  },
  remove: path => async () => {
    if (!isAbsolute(path)) return E.right(false)
    try {
      await rm(path)
      return E.right(true)
    } catch (error) {
      return codeOf(error) === 'ENOENT' ? E.right(false) : E.left(unusable(path, error))
    }
  },
})

type Kind = 'file' | 'folder'

interface Found {
  readonly mode: number
  readonly uid: number
  readonly isFile: () => boolean
  readonly isDirectory: () => boolean
}

const problemOf = async (path: string, userId: number | null, kind: Kind): Promise<FileRefusal | null> =>
  problemIn(path, await stat(path), userId, kind)

const problemIn = (path: string, found: Found, userId: number | null, kind: Kind): FileRefusal | null => {
  if (kind === 'file' ? !found.isFile() : !found.isDirectory()) return { _tag: 'UnreadableFile', path }
  if (userId === null) return null
  if (found.uid !== userId) return { _tag: 'UnsafeFile', path, kind, problem: 'owner' }
  return (found.mode & 0o077) === 0 ? null : { _tag: 'UnsafeFile', path, kind, problem: 'mode' }
}

const unusable = (path: string, error: unknown): FileRefusal => ({
  _tag: 'FileFailed',
  path,
  reason: codeOf(error),
})

const codeOf = (error: unknown): string => (Coded.is(error) ? error.code : 'error')
