import { access, readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Violation, violation } from './violation.js'

/** What a run had, none of which may be there when it is over. */
export interface Belongings {
  /** Stands in the command line of every process of the run. */
  readonly mark: string
  readonly processIds: ReadonlyArray<number>
  readonly ports: ReadonlyArray<number>
  readonly folder: string
}

export const checkLeftovers = async (own: Belongings): Promise<ReadonlyArray<Violation>> => {
  const table = await processTable()
  const marked = table.filter(({ commandLine }) => commandLine.includes(own.mark))
  const started = own.processIds.filter(id => table.length === 0 && isThere(id))
  const listening = await Promise.all(own.ports.map(async port => ((await isListening(port)) ? [port] : [])))
  return [
    ...marked.map(({ processId, commandLine }) => `process ${processId}: ${commandLine.slice(0, 120)}`),
    ...started.map(processId => `process ${processId}`),
    ...listening.flat().map(port => `port ${port}`),
    ...((await exists(own.folder)) ? [`folder ${own.folder}`] : []),
  ].map(what => violation('nothingIsLeft', what))
}

interface Entry {
  readonly processId: number
  readonly commandLine: string
}

/** The processes of the machine with their command lines; none where it does not tell. This process is left out. */
const processTable = async (): Promise<ReadonlyArray<Entry>> => {
  const all = process.platform === 'linux' ? await linuxTable() : await otherTable()
  return all.filter(({ processId }) => processId !== process.pid)
}

const linuxTable = async (): Promise<ReadonlyArray<Entry>> => {
  const names = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const entries = await Promise.all(
    names.map(async name => ({
      processId: Number(name),
      // Empty for one that has ended and that nobody has taken note of.
      commandLine: (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '),
    })),
  )
  return entries.filter(({ commandLine }) => commandLine !== '')
}

const otherTable = async (): Promise<ReadonlyArray<Entry>> => {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-Aww', '-o', 'pid=,args='])
    return stdout.split('\n').flatMap(line => {
      const [, id, commandLine] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
      return id === undefined || commandLine === undefined ? [] : [{ processId: Number(id), commandLine }]
    })
  } catch {
    return []
  }
}

const isThere = (processId: number): boolean => {
  try {
    return process.kill(processId, 0)
  } catch {
    return false
  }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })

const exists = async (path: string): Promise<boolean> => {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
