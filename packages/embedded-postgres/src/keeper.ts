/**
 * The process that keeps a server for another one, and ends it when that one is gone, however it went. It runs in a session
 * of its own: a terminal's Ctrl-C is for the other process, which decides when the server ends.
 */
import * as E from 'fp-ts/lib/Either.js'
import { crashServer, endServer } from './ending.js'
import { KeeperOrder, type KeeperReport, KeeperRequest } from './keeper-messages.js'
import { takeKeeperLock } from './keeper-lock.js'
import { prepareServer } from './prepare-server.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'
import { openServerFolder, refusalOfFileError } from './server-folder.js'

const leaving = new AbortController()
let order: KeeperOrder = 'stop'

const leave = (how: KeeperOrder): void => {
  if (leaving.signal.aborted) return
  order = how
  leaving.abort()
}

process.on('disconnect', () => {
  leave('stop')
})
process.on('message', message => {
  const told = KeeperOrder.decode(message)
  if (E.isRight(told)) leave(told.right)
})
process.on('SIGTERM', () => {
  leave('stop')
})
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined)
if (!process.connected) leave('stop')

/** There may be nobody left to hear it. */
const report = (message: KeeperReport): void => {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined)
}

const left = new Promise<void>(resolve => {
  leaving.signal.addEventListener('abort', () => {
    resolve()
  })
  if (leaving.signal.aborted) resolve()
})

/** Keeps a server until it is to end or has ended; a refusal where there was none to keep. */
const keep = async (request: KeeperRequest): Promise<E.Either<EmbeddedPostgresRefusal, void>> => {
  const folder = await openServerFolder(request.folder)
  if (E.isLeft(folder)) return folder
  const lock = await takeKeeperLock(folder.right, request.processId)
  if (E.isLeft(lock)) return lock
  const server = await prepareServer({
    folder: folder.right,
    port: request.port,
    settings: request.settings,
    leaving: leaving.signal,
    onProgress: text => {
      report({ type: 'progress', text })
    },
  })
  if (E.isRight(server)) {
    const { port, processId, password, ended } = server.right
    report({ type: 'ready', dataFolder: folder.right.data, port, processId, password })
    await Promise.race([ended, left])
    try {
      await lock.right.announceEnd()
    } finally {
      await (order === 'kill' ? crashServer(processId) : endServer(processId))
    }
  } else await lock.right.announceEnd()
  lock.right.release()
  return E.map(() => undefined)(server)
}

const keepOrRefuse = async (request: KeeperRequest): Promise<E.Either<EmbeddedPostgresRefusal, void>> => {
  try {
    return await keep(request)
  } catch (error) {
    const refusal = refusalOfFileError(request.folder, error)
    if (refusal === null) throw error
    return E.left(refusal)
  }
}

const request = KeeperRequest.decode(JSON.parse(process.argv[2] ?? 'null'))
if (E.isLeft(request)) throw new Error('The keeper was not told what to keep')
const kept = await keepOrRefuse(request.right)
if (E.isLeft(kept)) report({ type: 'refused', refusal: kept.left })
if (process.connected) process.disconnect()
