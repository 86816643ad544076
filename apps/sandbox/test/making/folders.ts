import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: Array<string> = []

/** A new folder, for the state of a sandbox. */
export const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-sandbox-'))
  made.push(folder)
  return folder
}

export const removeFolders = async (): Promise<void> => {
  await Promise.all(made.splice(0).map(folder => rm(folder, { recursive: true, force: true })))
}
