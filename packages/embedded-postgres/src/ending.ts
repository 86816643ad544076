import { childrenOf, haveEnded, signal } from './processes.js'

const fastShutdownLimit = 10_000
const immediateShutdownLimit = 6_000
const killLimit = 30_000

/**
 * Ends a server, as cleanly as it lets itself be ended: PostgreSQL's fast shutdown, then its immediate shutdown, then SIGKILL.
 *
 * @param processId of the postmaster.
 */
export const endServer = async (processId: number): Promise<void> => {
  signal(processId, 'SIGINT')
  // A server that somebody has suspended does not hear of it otherwise.
  signal(processId, 'SIGCONT')
  if (await haveEnded([processId], fastShutdownLimit)) return
  signal(processId, 'SIGQUIT')
  if (await haveEnded([processId], immediateShutdownLimit)) return
  await crashServer(processId)
}

/**
 * Ends a server as a power cut would: nothing is finished or written. All of its processes are gone then.
 *
 * @param processId of the postmaster.
 */
export const crashServer = async (processId: number): Promise<void> => {
  // Suspended, it starts no further process while its processes are counted.
  signal(processId, 'SIGSTOP')
  const all = [processId, ...(await childrenOf(processId))]
  for (const one of all) signal(one, 'SIGKILL')
  await haveEnded(all, killLimit)
}
