import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Environment } from '../graph/tenant.js'
import type { HistoryRefusal } from '../refusal.js'
import { attempted, codeOf, unusable } from './attempted.js'

/** Where the local history of one tenant is kept. */
export interface HistoryPlace {
  readonly folder: string
  readonly lines: string
  readonly head: string
  readonly lock: string
  /** What a process that was cut off left of its last line. */
  readonly setAside: string
  /** One file for each removal, that can be deleted: the salt of its commitment, and the reasons. */
  readonly erasable: string
}

/** Source: XDG Base Directory Specification. A folder that is not absolute is to be ignored. */
export const historyPlace = (
  env: Environment,
  tenantId: TenantId,
): E.Either<HistoryRefusal, HistoryPlace> => {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? ''
  const configured = env['XDG_STATE_HOME'] ?? ''
  if (!isAbsolute(configured) && !isAbsolute(home)) return E.left(unusable('noHome', null))
  const state = isAbsolute(configured) ? configured : join(home, '.local', 'state')
  const folder = join(state, 'lethe', 'graph-history')
  return E.right({
    folder,
    lines: join(folder, `${tenantId}.jsonl`),
    head: join(folder, `${tenantId}.head.json`),
    lock: join(folder, `${tenantId}.lock`),
    setAside: join(folder, `${tenantId}.set-aside`),
    erasable: join(folder, `${tenantId}.erasable`),
  })
}

/** Makes a folder that is its owner's alone, unless it is there; refuses one that others can look into. */
export const ensureFolder = (path: string): Promise<E.Either<HistoryRefusal, void>> =>
  attempted(async () => {
    await mkdir(path, { recursive: true, mode: 0o700 })
    return checkFolder(path)
  })

/** Refuses a folder that others can look into, or put something else into; one that is not there is none. */
export const checkFolder = (path: string): Promise<E.Either<HistoryRefusal, void>> =>
  attempted(async () => {
    const found = await foundAt(path)
    return found === null || (found.isDirectory() && isPrivate(found.uid, found.mode))
      ? E.right(undefined)
      : E.left(unusable('openToOthers', null))
  })

/** What is there under a name, be it a link; null where nothing is. */
export const foundAt = async (path: string): Promise<Stats | null> => {
  try {
    return await lstat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/**
 * Opens a file that is its owner's alone, and makes it where it is not there. No symbolic link is followed.
 *
 * @param flags of open(2), besides those to make it.
 */
export const openPrivate = (path: string, flags: number): Promise<E.Either<HistoryRefusal, FileHandle>> =>
  attempted(async () => {
    const file = await open(path, flags | constants.O_CREAT | carefully, 0o600)
    const stats = await file.stat()
    if (stats.isFile() && isPrivate(stats.uid, stats.mode)) return E.right(file)
    await file.close()
    return E.left(unusable('openToOthers', null))
  })

/** No link is followed, and no pipe in the place of the file holds us up. Windows has neither. */
const carefully = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Windows keeps no such modes: there the profile folder is closed to others by itself. */
const isPrivate = (uid: number, mode: number): boolean =>
  process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0)
