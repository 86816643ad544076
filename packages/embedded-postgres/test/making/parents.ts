import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { expect } from 'vitest'
import { childrenOf, haveEnded, signal } from '../../src/processes.js'

const file = fileURLToPath(new URL('parent-process.ts', import.meta.url))
const begun: Array<{ readonly child: ChildProcess; readonly ended: Promise<void> }> = []
/** Keepers and postmasters. */
const others: Array<number> = []

const Said = t.strict({ processId: t.number, url: t.string })

/** A process that has started a server, and its keeper. */
export interface Parent {
  readonly processId: number
  readonly keeper: number
  readonly server: t.TypeOf<typeof Said>
}

/** Starts a process that starts a server; it may not have done so yet. With `end` it ends by itself once it is let. */
export const beginParent = (folder: string, then: 'wait' | 'end') => {
  const child = spawn(process.execPath, [file, folder, then], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  begun.push({ child, ended })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
  })
  if (child.pid === undefined) throw new Error('The process did not start')
  return { processId: child.pid, said: () => said, letEnd: () => child.stdin.end(), ended }
}

/** The keeper that a process has started. */
export const keeperOf = async (processId: number): Promise<number> => {
  await expect.poll(() => childrenOf(processId)).toHaveLength(1)
  const [keeper] = await childrenOf(processId)
  if (keeper === undefined) throw new Error('There is no keeper')
  others.push(keeper)
  return keeper
}

/** A process whose server runs. */
export const startParent = async (folder: string): Promise<Parent> => {
  const { processId, said } = beginParent(folder, 'wait')
  await expect.poll(said).toMatch(/\}$/)
  const server = Said.decode(JSON.parse(said()))
  if (E.isLeft(server)) throw new Error(`The process said ${said()}`)
  others.push(server.right.processId)
  return { processId, keeper: await keeperOf(processId), server: server.right }
}

/** Ends everything that was started here and still runs. */
export const endParents = async (): Promise<void> => {
  const left = others.splice(0)
  for (const { child } of begun) child.kill('SIGKILL')
  await Promise.all(begun.splice(0).map(({ ended }) => ended))
  // Their keepers are about to end the servers.
  if (await haveEnded(left, 5_000)) return
  for (const one of left) signal(one, 'SIGKILL')
}
