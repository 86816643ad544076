import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: Array<string> = []

/** A folder that does not exist yet, in a new one that everybody may enter. */
export const newFolder = async (): Promise<string> => {
  const parent = await mkdtemp(join(await realpath(tmpdir()), 'lethe-embedded-postgres-'))
  made.push(parent)
  await chmod(parent, 0o755)
  return join(parent, 'postgres')
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
