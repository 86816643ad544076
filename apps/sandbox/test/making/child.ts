import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A process, and what it said. */
export interface Child {
  readonly process: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** The exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
}

/** The root of the repository. */
export const root = fileURLToPath(new URL('../../../..', import.meta.url))

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const running = new Set<ChildProcess>()

type Environment = Readonly<Record<string, string | undefined>>

const start = (command: string, args: ReadonlyArray<string>, cwd: string, env: Environment): Child => {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  running.add(child)
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString('utf8')
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString('utf8')
  })
  return {
    process: child,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    ended: endOf(child),
  }
}

/** Not the event `close` of the child: none comes once its channel was disconnected. */
const endOf = async (child: ChildProcess): Promise<number | null> => {
  const streams = [child.stdout, child.stderr].filter(stream => stream !== null)
  const [code] = await Promise.all([
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    }),
    ...streams.map(stream => new Promise<void>(resolve => stream.once('close', resolve))),
  ])
  running.delete(child)
  return code
}

/** Starts the built sandbox, as `npm start` does. */
export const startChild = (environment: Environment, args: ReadonlyArray<string> = []): Child =>
  start(process.execPath, [main, ...args], root, { PATH: process.env['PATH'], ...environment })

const api = fileURLToPath(import.meta.resolve('@lethe/api/bin/lethe-api.js'))
const cli = join(root, 'apps', 'cli', 'bin', 'lethe.js')

/** Starts the built API with these settings and no others. */
export const startApi = (environment: Environment): Child =>
  start(process.execPath, [api], root, { PATH: process.env['PATH'], ...environment })

/** Starts the built command line with these settings and no others. */
export const startLethe = (args: ReadonlyArray<string>, environment: Environment): Child =>
  start(process.execPath, [cli, ...args], root, { PATH: process.env['PATH'], ...environment })

/** Runs a script in bash at the root of the repository, as somebody who pastes it does. */
export const runScript = async (script: string): Promise<{ readonly out: string; readonly err: string }> => {
  const child = start('bash', ['-c', script], root, process.env)
  await child.ended
  return { out: child.stdout(), err: child.stderr() }
}

/** Ends every process that a test left running. */
export const killChildren = (): void => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
}
