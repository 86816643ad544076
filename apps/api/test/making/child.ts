import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process of the API, and what it said. */
export interface Child {
  readonly process: ChildProcess
  readonly said: () => string
  /** The exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
}

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const running = new Set<ChildProcess>()

/** Starts the built API with these settings and no others. */
export const startChild = (environment: Readonly<Record<string, string | undefined>>): Child => {
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let said = ''
  const keep = (chunk: Buffer): void => {
    said += chunk.toString('utf8')
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return {
    process: child,
    said: () => said,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', code => {
        running.delete(child)
        resolve(code)
      })
    }),
  }
}

/** Ends every process that a test left running. */
export const killChildren = (): void => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
}
