import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunningPostgres, startEmbeddedPostgres } from '@lethe/embedded-postgres'
import { copy, folderBeside, suspendServer } from '@lethe/embedded-postgres/testing'
import { inject } from 'vitest'
import { rightOf } from './decoded.js'

/** A PostgreSQL server that a test ends and starts again, with its settings as they come: it waits for the disk. */
export interface OwnServer {
  readonly superuserUrl: string
  /** Ends it cleanly. */
  readonly stop: () => Promise<void>
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<void>
  /** Suspends it: nothing is answered any more. */
  readonly freeze: () => Promise<void>
  /** Starts it again, at the same address and with what it held; one that is suspended goes on. */
  readonly startAgain: () => Promise<void>
}

const removing: Array<() => Promise<void>> = []

/** Ends every server that a test started, and removes what it held. */
export const removeOwnServers = async (): Promise<void> => {
  for (const remove of removing.splice(0).toReversed()) await remove()
}

export const startOwnServer = async (): Promise<OwnServer> => {
  const parent = await folderBeside(inject('initialisedFolder'))
  removing.push(() => rm(parent, { recursive: true, force: true }))
  const folder = join(parent, 'postgres')
  await copy(inject('initialisedFolder'), folder)
  const start = async (port = 0): Promise<RunningPostgres> =>
    rightOf(await startEmbeddedPostgres({ folder, port }))
  let server = await start()
  let thaw: (() => void) | null = null
  removing.push(() => {
    thaw?.()
    return server.stop()
  })
  return {
    superuserUrl: server.superuserUrl,
    stop: () => server.stop(),
    kill: () => server.kill(),
    freeze: async () => {
      thaw = await suspendServer(server.processId)
    },
    startAgain: async () => {
      if (thaw === null) server = await start(server.port)
      else thaw()
      thaw = null
    },
  }
}
