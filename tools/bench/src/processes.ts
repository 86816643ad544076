import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Load, LoadReport, messageOf, Ready, Usage } from './messages.js'
import type { World } from './world.js'

/** A server under measurement. */
export interface MeasuredServer {
  readonly ports: Ready
  readonly usage: () => Promise<Usage>
  readonly stop: () => Promise<void>
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Starts a process of the API in a role. */
export const startServerProcess = async (
  world: World,
  role: 'api' | 'worker',
  settings: Readonly<Record<string, string>> = {},
): Promise<MeasuredServer> => {
  const child = fork(fileOf('./server-process.js'), [role], {
    env: { PATH: process.env['PATH'], ...world.environment, ...settings },
    // Its log is written, as in production, and thrown away.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ports = await messageOf(child, Ready)
  return {
    ports,
    usage: () => {
      child.send('usage')
      return messageOf(child, Usage)
    },
    stop: async () => {
      child.disconnect()
      await exitOf(child)
    },
  }
}

/** Lets clients in a process of their own ask, and waits for their report. */
export const runLoad = async (load: Load): Promise<LoadReport> => {
  const child = fork(fileOf('./load-process.js'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  child.send(load)
  const report = await messageOf(child, LoadReport)
  await exitOf(child)
  if (report.failed > 0) throw new Error(`${report.failed} of ${report.answered} requests failed`)
  return report
}

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else
      child.once('exit', () => {
        resolve()
      })
  })
