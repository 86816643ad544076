import type { EmbeddedPostgresRefusal } from './refusal.js'

/** What is known when a program of PostgreSQL has failed. */
interface Circumstances {
  readonly folder: string
  readonly port: number
  /** The major version that made the data, where there are data. */
  readonly dataVersion: string | null
}

/** That a server which has just crashed is not entirely gone: it will be. */
export const isNotGoneYet = (said: string): boolean => said.includes('pre-existing shared memory block')

/**
 * The refusal that a failure of PostgreSQL's programs comes down to.
 *
 * @param said what initdb or the server printed, in English.
 */
export const refusalOfFailure = (said: string, circumstances: Circumstances): EmbeddedPostgresRefusal => {
  const { folder, port, dataVersion } = circumstances
  if (/No space left on device|Disk quota exceeded/.test(said)) return { _tag: 'DiskFull', folder }
  if (/could not (?:bind|create any TCP\/IP sockets)/.test(said)) return { _tag: 'PortInUse', port }
  if (/incompatible with server/.test(said) && dataVersion !== null)
    return { _tag: 'OtherVersion', folder, version: dataVersion }
  const library = /error while loading shared libraries: .*|Library not loaded: .*/.exec(said)
  if (library !== null) return { _tag: 'BinariesDoNotRun', reason: library[0].trim() }
  return { _tag: 'ServerFailed', reason: lastComplaint(said) }
}

/** Programs do not label everything; the last line is the best guess then. */
const lastComplaint = (said: string): string => {
  const labelled = [...said.matchAll(/(?:FATAL|PANIC|error):\s+(.+)$/gm)].flatMap(([, text]) => text ?? [])
  const complaint = labelled.at(-1) ?? said.trim().split('\n').at(-1)?.trim() ?? ''
  return complaint === '' ? 'it did not say why' : complaint
}
