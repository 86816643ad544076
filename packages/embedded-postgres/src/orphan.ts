import { rm } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { endServer } from './ending.js'
import { postmasterFile, readPostmasterFile } from './postmaster-file.js'
import { commandLineOf, hasEntry, isRunning } from './processes.js'
import type { EmbeddedPostgresRefusal } from './refusal.js'
import type { ServerFolder } from './server-folder.js'

/** Tells our servers from those that somebody started by hand. */
export const clusterSetting = 'cluster_name=lethe'

/** Whether a process is a server of ours on these data: its id may have passed on to something else. */
export const isServerOn = async (data: string, processId: number): Promise<boolean> => {
  if (!(await isRunning(processId))) return false
  const commandLine = `${(await commandLineOf(processId)) ?? ''} `
  return commandLine.includes(` -D ${data} `) && commandLine.includes(` ${clusterSetting} `)
}

/**
 * Ends a server whose keeper was killed. Only for who holds the folder's lock: nobody can be using it then.
 *
 * @returns InUse where a server runs on the data that no keeper has started.
 */
export const endOrphan = async (folder: ServerFolder): Promise<E.Either<EmbeddedPostgresRefusal, void>> => {
  const file = await readPostmasterFile(folder.data)
  if (file === null || !hasEntry(file.processId)) return E.right(undefined)
  const { processId } = file
  if (await isServerOn(folder.data, processId)) {
    await endServer(processId)
    return E.right(undefined)
  }
  const commandLine = ((await isRunning(processId)) ? await commandLineOf(processId) : null) ?? ''
  if (commandLine.includes('postgres') && commandLine.includes(folder.data))
    return E.left({ _tag: 'InUse', folder: folder.path, processId })
  // Where processes cannot be looked at, PostgreSQL decides.
  if (process.platform === 'win32') return E.right(undefined)
  // The id has passed on, as it does when a container starts again: PostgreSQL would take that process for a server.
  await rm(postmasterFile(folder.data), { force: true })
  return E.right(undefined)
}
