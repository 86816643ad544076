import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

interface ProcessEntry {
  readonly processId: number
  readonly parentId: number
  /** One letter; Z is a process that has ended and that nobody has taken note of. */
  readonly state: string
}

const onLinux = process.platform === 'linux'

const readOrNull = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return null
  }
}

/** What ps prints; Linux does without, because small images have none. */
const ps = async (args: ReadonlyArray<string>): Promise<string> => {
  try {
    return (await promisify(execFile)('ps', args)).stdout
  } catch {
    return ''
  }
}

const entryOf = (
  processId: string,
  state: string | undefined,
  parentId: string | undefined,
): ProcessEntry => ({
  processId: Number(processId),
  parentId: Number(parentId),
  state: state?.slice(0, 1) ?? '',
})

/** `pid (name) state parent …`, where the name may hold anything. */
const linuxEntry = async (processId: string): Promise<ProcessEntry | null> => {
  const stat = await readOrNull(`/proc/${processId}/stat`)
  if (stat === null) return null
  const [state, parentId] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return entryOf(processId, state, parentId)
}

const psEntries = (table: string): ReadonlyArray<ProcessEntry> =>
  table
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .flatMap(([id, parent, state]) => (id === undefined || id === '' ? [] : [entryOf(id, state, parent)]))

const entry = async (processId: number): Promise<ProcessEntry | null> =>
  onLinux
    ? linuxEntry(String(processId))
    : (psEntries(await ps(['-o', 'pid=,ppid=,stat=', '-p', String(processId)]))[0] ?? null)

/** Whether a process with this id exists, even one that has ended and waits for its parent to notice. */
export const hasEntry = (processId: number): boolean => {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether a process runs. */
export const isRunning = async (processId: number): Promise<boolean> => {
  if (!hasEntry(processId)) return false
  if (process.platform === 'win32') return true
  const found = await entry(processId)
  return found !== null && found.state !== 'Z' && found.state !== 'X'
}

/** The processes that a process has started and that have not ended. */
export const childrenOf = async (processId: number): Promise<ReadonlyArray<number>> => {
  const all = onLinux
    ? await Promise.all((await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(linuxEntry))
    : psEntries(await ps(['-A', '-o', 'pid=,ppid=,stat=']))
  return all.flatMap(one => (one !== null && one.parentId === processId ? [one.processId] : []))
}

/** The command line of a process, its arguments separated by spaces; null where it cannot be had. */
export const commandLineOf = async (processId: number): Promise<string | null> => {
  const text = onLinux
    ? ((await readOrNull(`/proc/${processId}/cmdline`)) ?? '').replaceAll('\0', ' ')
    : await ps(['-ww', '-o', 'args=', '-p', String(processId)])
  return text.trim() === '' ? null : text.trim()
}

/** Sends a signal; a process that is gone needs none. */
export const signal = (processId: number, name: NodeJS.Signals): void => {
  try {
    process.kill(processId, name)
  } catch {
    // Gone, or not ours: whoever waits for its end finds out.
  }
}

/**
 * Waits until processes have ended.
 *
 * @param limit milliseconds to wait at most.
 * @returns whether they have.
 */
export const haveEnded = async (processIds: ReadonlyArray<number>, limit: number): Promise<boolean> => {
  const until = performance.now() + limit
  for (;;) {
    if (!(await Promise.all(processIds.map(isRunning))).includes(true)) return true
    if (performance.now() > until) return false
    await setTimeout(20)
  }
}
