import { readFile, rm, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { isRunning } from './processes.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'
import type { ServerFolder } from './server-folder.js'

/** Held by the one living keeper of a folder. */
export interface KeeperLock {
  /** Says that the server is about to end, so that whoever wants the folder waits instead of giving up. */
  readonly announceEnd: () => Promise<void>
  readonly release: () => void
}

const Owner = t.strict({ processId: t.number })

const waitLimit = 30_000
const busy = 5

/**
 * Takes the lock of a folder. While its holder starts or ends on behalf of a process that is gone, this waits.
 *
 * @param processId the process on whose behalf the server is to run.
 * @returns InUse where the folder is kept for a process that runs.
 */
export const takeKeeperLock = async (
  folder: ServerFolder,
  processId: number,
): Promise<E.Either<EmbeddedPostgresRefusal, KeeperLock>> => {
  const until = performance.now() + waitLimit
  for (;;) {
    const release = tryLock(folder.lock)
    if (release !== null) {
      await writeFile(folder.owner, JSON.stringify({ processId }))
      return E.right({ release, announceEnd: () => rm(folder.owner, { force: true }) })
    }
    const owner = await readOwner(folder.owner)
    if (owner !== null && (await isRunning(owner)))
      return E.left({ _tag: 'InUse', folder: folder.path, processId: owner })
    if (performance.now() > until)
      return E.left({ _tag: 'ServerFailed', reason: 'the server that ran before does not end' })
    await setTimeout(50)
  }
}

/**
 * Node knows no file locks, but SQLite does, and on each system it takes the kernel's: such a lock ends with its process,
 * however that ends, and is never left behind. Nothing is ever written to the file.
 */
const tryLock = (file: string): (() => void) | null => {
  const database = new DatabaseSync(file)
  try {
    // A journal on disk would only be one more file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return () => {
      database.close()
    }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return null
    throw error
  }
}

const readOwner = async (file: string): Promise<number | null> => {
  try {
    const owner = Owner.decode(JSON.parse(await readFile(file, 'utf8')))
    return E.isRight(owner) ? owner.right.processId : null
  } catch {
    return null
  }
}
