import { readFile, stat } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { locateBinaries } from './binaries.js'
import { initialise, sweepInitialisations } from './initialise.js'
import { findLauncher } from './launcher.js'
import { endOrphan } from './orphan.js'
import { type Postmaster, startPostmaster } from './postmaster.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'
import type { ServerFolder } from './server-folder.js'
import { reservedSetting } from './server-settings.js'

/** A server, and its superuser's password. */
interface PreparedServer extends Postmaster {
  readonly password: string
}

interface Preparation {
  readonly folder: ServerFolder
  readonly port: number
  readonly settings: Readonly<Record<string, string>>
  readonly leaving: AbortSignal
  readonly onProgress: (text: string) => void
}

/** Brings a folder's server up, whatever happened to it before: only for who holds the folder's lock. */
export const prepareServer = async ({
  folder,
  port,
  settings,
  leaving,
  onProgress,
}: Preparation): Promise<E.Either<EmbeddedPostgresRefusal, PreparedServer>> => {
  const reserved = reservedSetting(settings)
  if (reserved !== null) return E.left({ _tag: 'ReservedSetting', name: reserved })
  const binaries = await locateBinaries(process.platform, process.arch)
  if (E.isLeft(binaries)) return binaries
  const { initdb, postgres } = binaries.right
  const launcher = await findLauncher(folder, [initdb, postgres])
  if (E.isLeft(launcher)) return launcher
  const orphan = await endOrphan(folder)
  if (E.isLeft(orphan)) return orphan
  await sweepInitialisations(folder)
  if (!(await exists(folder.data))) {
    const initialised = await initialise(folder, launcher.right, initdb, leaving)
    if (E.isLeft(initialised)) return initialised
  }
  // Before the server runs: whatever fails from then on must not leave it alone.
  const password = await readFile(folder.password, 'utf8')
  const postmaster = await startPostmaster({
    folder,
    launcher: launcher.right,
    postgres,
    port,
    settings,
    leaving,
    onSlow: onProgress,
  })
  return E.map((running: Postmaster) => ({ ...running, password }))(postmaster)
}

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch {
    return false
  }
}
