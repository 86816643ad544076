import { access, constants, mkdir, readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'

/** Everything that a server has on disk, all of it in one folder. */
export interface ServerFolder {
  readonly path: string
  /** PostgreSQL's data directory: whole where it exists. */
  readonly data: string
  /** The superuser's password, for its owner only. */
  readonly password: string
  /** Locked by the living keeper. */
  readonly lock: string
  /** Whom the living keeper keeps the server for. */
  readonly owner: string
  /** What the server said since its last start. */
  readonly log: string
}

const initialising = 'initialising-'
const ownNames = new Set(['data', 'password', 'keeper.lock', 'owner.json', 'postgres.log'])

/** A new name for a folder to initialise in: never one that a forgotten initdb may still write to. */
export const newInitialisingFolder = (folder: ServerFolder, random: string): string =>
  join(folder.path, `${initialising}${random}`)

/** What interrupted initialisations have left behind. */
export const interruptedInitialisations = async (folder: ServerFolder): Promise<ReadonlyArray<string>> =>
  (await readdir(folder.path))
    .filter(name => name.startsWith(initialising))
    .map(name => join(folder.path, name))

/**
 * Makes the folder where there is none, and looks whether it is a server's.
 *
 * @returns ForeignFolder, where nothing was changed; FolderNotWritable, DiskFull.
 */
export const openServerFolder = async (
  wanted: string,
): Promise<E.Either<EmbeddedPostgresRefusal, ServerFolder>> => {
  try {
    await mkdir(wanted, { recursive: true })
    const folder = serverFolder(await realpath(wanted))
    const found = await whatIsForeign(folder)
    if (found !== null) return E.left({ _tag: 'ForeignFolder', folder: wanted, found })
    await access(folder.path, constants.W_OK)
    return E.right(folder)
  } catch (error) {
    const refusal = refusalOfFileError(wanted, error)
    if (refusal === null) throw error
    return E.left(refusal)
  }
}

const serverFolder = (path: string): ServerFolder => ({
  path,
  data: join(path, 'data'),
  password: join(path, 'password'),
  lock: join(path, 'keeper.lock'),
  owner: join(path, 'owner.json'),
  log: join(path, 'postgres.log'),
})

const whatIsForeign = async (folder: ServerFolder): Promise<string | null> => {
  const names = await readdir(folder.path)
  const unknown = names.find(
    // Desktops leave hidden files in any folder.
    name => !ownNames.has(name) && !name.startsWith(initialising) && !name.startsWith('.'),
  )
  if (unknown !== undefined) return unknown
  if (!names.includes('data')) return null
  return names.includes('password') ? null : 'data without a password'
}

/** The major version of the server that made the data; null where that cannot be told. */
export const versionOfData = async (folder: ServerFolder): Promise<string | null> => {
  try {
    return (await readFile(join(folder.data, 'PG_VERSION'), 'utf8')).trim()
  } catch {
    return null
  }
}

/** The refusal that an error of the file system comes down to; null where it is none that is to be expected. */
export const refusalOfFileError = (folder: string, error: unknown): EmbeddedPostgresRefusal | null => {
  if (!(error instanceof Error && 'code' in error)) return null
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { _tag: 'FolderNotWritable', folder }
    case 'ENOSPC':
    case 'EDQUOT':
      return { _tag: 'DiskFull', folder }
    case 'ENOTDIR':
    case 'EEXIST':
      return { _tag: 'ForeignFolder', folder, found: 'a file' }
  }
  return null
}
