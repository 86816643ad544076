import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A run of the built torture, and what it printed. */
export interface Run {
  readonly process: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** The exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
}

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** @param temporary where it is to keep what it keeps for a while; the system's folder if left out. */
export const startRun = (args: ReadonlyArray<string>, temporary?: string): Run => {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(temporary === undefined ? {} : { TMPDIR: temporary }) },
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString('utf8')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString('utf8')
  })
  return {
    process: child,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    }),
  }
}
