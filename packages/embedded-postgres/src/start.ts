import { type ChildProcess, spawn } from 'node:child_process'
import { resolve as resolvePath } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { endServer } from './ending.js'
import { superuser } from './initialise.js'
import { type KeeperOrder, KeeperReport, type KeeperRequest } from './keeper-messages.js'
import { isServerOn } from './orphan.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'

export interface EmbeddedPostgresOptions {
  /** Everything of the server lives here, and it is made where there is none. Deleting it begins anew. */
  readonly folder: string
  /** On 127.0.0.1; 0 or nothing for a free one. */
  readonly port?: number
  /** Settings of PostgreSQL for this run, by name. Those that keep it on loopback cannot be changed. */
  readonly settings?: Readonly<Record<string, string>>
  /** Is told, once, where the start takes longer than two seconds. */
  readonly log?: (line: string) => void
}

/** A server that accepts connections. It does not keep this process from ending, and ends with it. */
export interface RunningPostgres {
  readonly port: number
  /** With the password, to the database `postgres`. */
  readonly superuserUrl: string
  /** Of the postmaster. */
  readonly processId: number
  /** Resolves when the server is gone, for whatever reason. */
  readonly ended: Promise<void>
  /** Ends it cleanly; connections are cut. Resolves when it is gone; does no harm twice. */
  readonly stop: () => Promise<void>
  /** Ends it as a power cut would, all of its processes at once. Resolves when they are gone. */
  readonly kill: () => Promise<void>
}

type Answer = Exclude<KeeperReport, { readonly type: 'progress' }>

/** Of the built package, also where the sources run: Node runs no TypeScript that imports `.js`. */
const keeperFile = fileURLToPath(new URL('../dist/keeper.js', import.meta.url))

/**
 * Starts a PostgreSQL server of its own on 127.0.0.1, with what an earlier one left in the same folder. It ends when it is
 * told to, or with this process, however that ends.
 *
 * @returns a refusal that `describeRefusal` puts into words. Rejects only where the keeper itself was killed meanwhile.
 */
export const startEmbeddedPostgres = async (
  options: EmbeddedPostgresOptions,
): Promise<E.Either<EmbeddedPostgresRefusal, RunningPostgres>> => {
  const request: KeeperRequest = {
    folder: resolvePath(options.folder),
    port: options.port ?? 0,
    settings: options.settings ?? {},
    processId: process.pid,
  }
  const { NODE_OPTIONS: _unused, ...env } = process.env
  const keeper = spawn(process.execPath, [keeperFile, JSON.stringify(request)], {
    detached: true,
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    windowsHide: true,
  })
  const exited = exitOf(keeper)
  const answer = await answerOf(keeper, exited, options.log ?? (() => undefined))
  if (answer.type === 'refused') {
    await exited
    return E.left(answer.refusal)
  }
  keeper.unref()
  keeper.channel?.unref()
  return E.right(runningPostgres(keeper, exited, answer))
}

/** The exit code; null where a signal ended it. */
const exitOf = (keeper: ChildProcess): Promise<number | null> =>
  new Promise(resolve => {
    keeper.once('exit', resolve)
  })

const answerOf = async (
  keeper: ChildProcess,
  exited: Promise<number | null>,
  log: (line: string) => void,
): Promise<Answer> => {
  const answered = new Promise<Answer>(resolve => {
    keeper.on('message', message => {
      const decoded = KeeperReport.decode(message)
      if (E.isLeft(decoded)) return
      if (decoded.right.type === 'progress') log(decoded.right.text)
      else resolve(decoded.right)
    })
  })
  // What it said last may arrive after its end, but not after the end of the channel.
  const silent = new Promise<void>(resolve => keeper.once('disconnect', resolve)).then(() => exited)
  const failed = new Promise<never>((_resolve, reject) => {
    keeper.on('error', reject)
  })
  const answer = await Promise.race([answered, silent, failed])
  if (typeof answer === 'object' && answer !== null) return answer
  throw new Error(`The keeper of PostgreSQL ended with ${answer ?? 'a signal'} before it said anything`)
}

const runningPostgres = (
  keeper: ChildProcess,
  exited: Promise<number | null>,
  { dataFolder, port, processId, password }: Extract<Answer, { readonly type: 'ready' }>,
): RunningPostgres => {
  const afterExit = async (): Promise<void> => {
    const code = await exited
    // The keeper was killed: what it leaves behind falls to this process.
    if (code !== 0 && (await isServerOn(dataFolder, processId))) await endServer(processId)
  }
  const ended = afterExit()
  const end = (order: KeeperOrder) => async (): Promise<void> => {
    keeper.ref()
    // Where the keeper is gone, there is nobody to tell.
    if (keeper.connected) keeper.send(order, () => undefined)
    await ended
  }
  return {
    port,
    superuserUrl: `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`,
    processId,
    ended,
    stop: end('stop'),
    kill: end('kill'),
  }
}
