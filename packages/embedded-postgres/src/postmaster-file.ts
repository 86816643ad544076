import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a running server says of itself in its data directory. */
interface PostmasterFile {
  readonly processId: number
  readonly isReady: boolean
}

/** Where a server says what it is: pid, data directory, start, port, socket folder, address, shared memory, status. */
export const postmasterFile = (data: string): string => join(data, 'postmaster.pid')

/** @returns null where no server has said anything, or is still writing it. */
export const readPostmasterFile = async (data: string): Promise<PostmasterFile | null> => {
  try {
    const lines = (await readFile(postmasterFile(data), 'utf8')).split('\n')
    const processId = Number(lines[0])
    return Number.isSafeInteger(processId) && processId > 0
      ? { processId, isReady: lines[7]?.trim() === 'ready' }
      : null
  } catch {
    return null
  }
}
