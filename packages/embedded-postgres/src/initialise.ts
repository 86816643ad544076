import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, chown, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { Launcher } from './launcher.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'
import { serverEnvironment } from './server-environment.js'
import { refusalOfFailure } from './server-failure.js'
import { interruptedInitialisations, newInitialisingFolder, type ServerFolder } from './server-folder.js'

/** The name of the superuser. */
export const superuser = 'postgres'

/**
 * Makes the data: UTF-8, locale C, checksums, and a superuser with a password made at random. It is made elsewhere and then
 * renamed, so that the data are whole where they exist.
 *
 * @param leaving ends initdb when it aborts.
 */
export const initialise = async (
  folder: ServerFolder,
  launcher: Launcher,
  initdb: string,
  leaving: AbortSignal,
): Promise<E.Either<EmbeddedPostgresRefusal, void>> => {
  const workFolder = newInitialisingFolder(folder, randomUUID())
  const [data, passwordFile] = [join(workFolder, 'data'), join(workFolder, 'password')]
  const password = randomBytes(24).toString('base64url')
  try {
    await mkdir(workFolder, { mode: 0o700 })
    await writeFile(passwordFile, password, { mode: 0o600 })
    for (const path of [workFolder, passwordFile])
      if (launcher.user !== null) await chown(path, launcher.user.uid, launcher.user.gid)
    const said = await runInitdb(launcher, initdb, data, passwordFile, leaving)
    if (said !== null) {
      const refusal = refusalOfFailure(said, { folder: folder.path, port: 0, dataVersion: null })
      if (refusal._tag !== 'DiskFull') await writeFile(folder.log, said, { mode: 0o600 })
      return E.left(refusal)
    }
    await keepPassword(folder, password)
    await rename(data, folder.data)
    await flush(folder.path)
    return E.right(undefined)
  } finally {
    await rm(workFolder, { recursive: true, force: true })
  }
}

/** Removes what interrupted initialisations have left behind. */
export const sweepInitialisations = async (folder: ServerFolder): Promise<void> => {
  const left = await interruptedInitialisations(folder)
  // A forgotten initdb may still write to one: then it goes at the next start.
  await Promise.allSettled(left.map(path => rm(path, { recursive: true, force: true })))
}

/** @returns what initdb said where it failed, else null. */
const runInitdb = async (
  launcher: Launcher,
  initdb: string,
  data: string,
  passwordFile: string,
  leaving: AbortSignal,
): Promise<string | null> => {
  const { command, args, options } = launcher.commandFor(initdb, [
    `--pgdata=${data}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--data-checksums',
    '--no-instructions',
  ])
  // Where this process is killed, the pipes break and end initdb.
  const child = spawn(command, args, {
    ...options,
    cwd: join(data, '..'),
    env: serverEnvironment(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const stop = (): void => {
    child.kill('SIGTERM')
  }
  leaving.addEventListener('abort', stop)
  if (leaving.aborted) stop()
  const said = await outputOf(child)
  leaving.removeEventListener('abort', stop)
  return child.exitCode === 0 ? null : said
}

const outputOf = async (child: ChildProcess): Promise<string> => {
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
    })
  await new Promise<void>(resolve => {
    child.once('error', error => {
      said += `error: ${error.message}`
      resolve()
    })
    child.once('close', () => {
      resolve()
    })
  })
  return said
}

/** Before the data get their name: data without their password would be of no use. */
const keepPassword = async (folder: ServerFolder, password: string): Promise<void> => {
  await writeFile(folder.password, password, { mode: 0o600, flush: true })
  await chmod(folder.password, 0o600)
}

/** Makes a rename last through a power cut, on systems where a folder can be flushed. */
const flush = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
