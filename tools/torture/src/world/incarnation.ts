import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { isKillPoint, type KillPoint } from '../kill-points.js'
import { lastWords, type Order, Report, type Start } from '../messages.js'

/** How a process ended. */
export interface Ending {
  /** The point at which it killed itself; null where it did not. */
  readonly point: KillPoint | null
  /** Whether anybody wanted that: it was killed, killed itself, or was told to stop. */
  readonly wanted: boolean
  readonly exitCode: number | null
  /** Whether it was ever at work. */
  readonly wasReady: boolean
  /** When it was started, as `performance.now` has it. */
  readonly startedAt: number
  /** What it said last. */
  readonly said: string
}

/** One process of Lethe, from its start to its end. */
export interface Incarnation {
  readonly processId: number
  /** Where it listens, once it does; null for a worker, and before. */
  readonly port: () => number | null
  readonly isReady: () => boolean
  /** How often it asked the queue for jobs and got an answer. */
  readonly asks: () => number
  readonly order: (order: Order) => void
  readonly kill: () => void
  readonly ended: Promise<Ending>
}

export interface Spawning {
  readonly start: Start
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Told each line of its log that speaks of a bug. */
  readonly onComplaint: (line: string) => void
}

const processFile = fileURLToPath(new URL('../child/lethe-process.js', import.meta.url))

/** As much of what a process said last as is kept, in characters. */
const mostSaid = 4000

export const spawnLethe = ({ start, environment, onComplaint }: Spawning): Incarnation => {
  const child = spawn(process.execPath, [processFile, JSON.stringify(start)], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const startedAt = performance.now()
  let port: number | null = null
  let ready = false
  let asks = 0
  let wasReady = false
  let killed = false
  let stopping = false
  const said = listenTo(child, onComplaint)
  child.on('message', message => {
    const report = Report.decode(message)
    if (E.isLeft(report)) return
    switch (report.right.type) {
      case 'asked':
        asks += 1
        return
      case 'ready':
        ready = true
        wasReady = true
        port = report.right.port
    }
  })
  const ended = new Promise<Ending>(resolve => {
    const finish = (exitCode: number | null): void => {
      ready = false
      const point = pointIn(said())
      const wanted = killed || point !== null || (stopping && exitCode === 0)
      resolve({ point, wanted, exitCode, wasReady, startedAt, said: said() })
    }
    child.once('error', () => {
      finish(null)
    })
    // Not `close`: nobody else holds its standard error, but a child that is killed may leave its channel half open.
    child.once('exit', code => {
      setImmediate(finish, code)
    })
  })
  return {
    processId: child.pid ?? 0,
    port: () => (ready ? port : null),
    isReady: () => ready,
    asks: () => asks,
    order: order => {
      if (order.type === 'stop') stopping = true
      if (child.connected) child.send(order, () => undefined)
    },
    kill: () => {
      killed = true
      child.kill('SIGKILL')
    },
    ended,
  }
}

/** Keeps what a process says, and tells of each line that its log wrote as an error. */
const listenTo = (child: ChildProcess, onComplaint: (line: string) => void): (() => string) => {
  let said = ''
  let line = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString('utf8')
    said = (said + text).slice(-mostSaid)
    const lines = (line + text).split('\n')
    line = lines.pop() ?? ''
    for (const one of lines) if (/"level":"(?:error|fatal)"/.test(one)) onComplaint(one)
  })
  return () => said
}

const prefix = lastWords('commit submit before').replace('commit submit before', '')

const pointIn = (said: string): KillPoint | null => {
  const point = said.trimEnd().split('\n').at(-1)?.replace(prefix, '')
  return isKillPoint(point) ? point : null
}
