import { chmod, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { copy, folderBeside } from '../../src/testing.js'

const made: Array<string> = []

/** A folder that does not exist yet, in a new one that everybody may enter. */
export const newFolder = async (): Promise<string> => {
  const parent = await realpath(await folderBeside(inject('initialisedFolder')))
  made.push(parent)
  await chmod(parent, 0o755)
  return join(parent, 'postgres')
}

/** One whose data are initialised, and were never used. */
export const initialisedFolder = async (): Promise<string> => {
  const folder = await newFolder()
  await copy(inject('initialisedFolder'), folder)
  return folder
}

export const removeFolders = async (): Promise<void> => {
  await Promise.all(
    made.splice(0).map(async folder => {
      // A test may have closed it.
      await chmod(folder, 0o755)
      await rm(folder, { recursive: true, force: true })
    }),
  )
}
