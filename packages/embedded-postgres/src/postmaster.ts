import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { endServer } from './ending.js'
import { freePort } from './free-port.js'
import type { Launcher } from './launcher.js'
import { readPostmasterFile } from './postmaster-file.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'
import { serverEnvironment } from './server-environment.js'
import { isNotGoneYet, refusalOfFailure } from './server-failure.js'
import { type ServerFolder, versionOfData } from './server-folder.js'
import { serverArguments } from './server-settings.js'

/** A server that accepts connections. */
export interface Postmaster {
  readonly port: number
  readonly processId: number
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>
}

export interface PostmasterRequest {
  readonly folder: ServerFolder
  readonly launcher: Launcher
  readonly postgres: string
  /** 0 for a free one. */
  readonly port: number
  readonly settings: Readonly<Record<string, string>>
  /** Ends the server when it aborts before the server is ready. */
  readonly leaving: AbortSignal
  /** Is told once where the start takes long. */
  readonly onSlow: (text: string) => void
}

const attempts = 100
const slow = 2_000

/** Starts the server, and waits until it accepts connections; there is no limit to a recovery. */
export const startPostmaster = async (
  request: PostmasterRequest,
): Promise<E.Either<EmbeddedPostgresRefusal, Postmaster>> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = request.port === 0 ? await freePort() : request.port
    const started = await startOn(port, request)
    if (E.isRight(started)) return started
    const said = await readFile(request.folder.log, 'utf8')
    const refusal =
      started.left ??
      refusalOfFailure(said, {
        folder: request.folder.path,
        port,
        dataVersion: await versionOfData(request.folder),
      })
    // Somebody may have taken the free port in between.
    const mayPass = isNotGoneYet(said) || (request.port === 0 && refusal._tag === 'PortInUse')
    if (!mayPass || attempt === attempts || request.leaving.aborted) return E.left(refusal)
    await setTimeout(100)
  }
}

/** @returns null on the left where the log says why it failed. */
const startOn = async (
  port: number,
  request: PostmasterRequest,
): Promise<E.Either<EmbeddedPostgresRefusal | null, Postmaster>> => {
  const { folder, launcher, settings, leaving } = request
  const { command, args, options } = launcher.commandFor(
    request.postgres,
    serverArguments(folder.data, port, settings),
  )
  const log = await open(folder.log, 'w', 0o600)
  const child = spawn(command, args, {
    ...options,
    cwd: folder.path,
    env: serverEnvironment(process.env),
    stdio: ['ignore', log.fd, log.fd],
    windowsHide: true,
  })
  // Listened to before anything is waited for: a server that a setting keeps from starting ends at once.
  const failure = new Promise<string | null>(resolve => {
    child.once('exit', () => {
      resolve(null)
    })
    child.once('error', error => {
      resolve(error.message)
    })
  })
  await log.close()
  if (child.pid === undefined)
    return E.left({ _tag: 'BinariesDoNotRun', reason: (await failure) ?? 'it has no process' })
  const ended = failure.then(() => undefined)
  if (await isReady(child.pid, ended, request)) return E.right({ port, processId: child.pid, ended })
  if (!leaving.aborted) return E.left(null)
  await endServer(child.pid)
  return E.left({ _tag: 'ServerFailed', reason: 'nobody waits for it any more' })
}

/** @returns false where it has ended, or is to end. */
const isReady = async (
  processId: number,
  ended: Promise<void>,
  { folder, leaving, onSlow }: PostmasterRequest,
): Promise<boolean> => {
  const over = ended.then(() => true)
  const slowFrom = performance.now() + slow
  let saidSo = false
  for (;;) {
    const file = await readPostmasterFile(folder.data)
    if (file?.processId === processId && file.isReady) return true
    if (!saidSo && performance.now() > slowFrom) {
      saidSo = true
      onSlow(await slowReason(folder))
    }
    if ((await Promise.race([over, setTimeout(20, false)])) || leaving.aborted) return false
  }
}

const slowReason = async (folder: ServerFolder): Promise<string> =>
  /not properly shut down|redo starts|was interrupted/.test(
    await readFile(folder.log, 'utf8').catch(() => ''),
  )
    ? 'PostgreSQL is recovering from an interruption: this may take a while.'
    : 'PostgreSQL is starting: this takes longer than usual.'
