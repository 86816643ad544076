import { type ChildProcess, spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A process of the API, and what it said. */
export interface Child {
  readonly process: ChildProcess
  readonly said: () => string
  /** What it said on standard output alone. */
  readonly printed: () => string
  /** The exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
}

/** Run as operators run it: by itself, with the options in its first line. */
const program = fileURLToPath(new URL('../../bin/lethe-api.js', import.meta.url))
const running = new Set<ChildProcess>()

/** Starts the built API with these settings and no others. */
export const startChild = (
  environment: Readonly<Record<string, string | undefined>>,
  args: ReadonlyArray<string> = [],
): Child => {
  const child = spawn(program, [...args], {
    env: { PATH: dirname(process.execPath), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let said = ''
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
    printed += chunk.toString('utf8')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
  })
  return {
    process: child,
    said: () => said,
    printed: () => printed,
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
