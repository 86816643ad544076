import type { Crash } from './calls.js'
import type { Deliveries } from './deliveries.js'
import type { Process } from './scheduler.js'
import type { Stage } from './stage.js'
import type { Worker } from './worker.js'

/** The processes that run: for each that dies or stops, another one is started. */
export interface Processes {
  readonly start: (kind: Process['kind']) => void
  /** One that serves people. */
  readonly api: () => Process
  readonly crash: Crash
  /** Lets one process die that is in the middle of something, or of nothing. */
  readonly crashOne: () => void
  /** Lets one worker finish what it holds, as when a new version is rolled out. */
  readonly replaceWorker: () => void
  /** Lets all workers but one finish what they hold. */
  readonly keepOneWorker: () => void
  readonly wakeWorkers: () => void
}

interface Running {
  readonly process: Process
  /** null for a process that serves people. */
  readonly worker: Worker | null
}

export const createProcesses = (
  { random, scheduler, tally, time, trace }: Stage,
  deliveries: Deliveries,
  startWorker: (process: Process) => Worker,
): Processes => {
  let running: ReadonlyArray<Running> = []
  let started = 0

  const start = (kind: Process['kind']): void => {
    started += 1
    const off = random.pick([0, 0, 0, -2000, 2000, -30_000, 30_000])
    if (off !== 0) tally.fault('clock of its own')
    const clock = time.clockOff(off)
    const process: Process = { name: `${kind} ${started}`, kind, clock }
    running = [...running, { process, worker: kind === 'worker' ? startWorker(process) : null }]
  }

  const die = (process: Process): void => {
    tally.fault(`${process.kind} crashed`)
    trace(() => `${process.name} dies`)
    scheduler.forget(process)
    deliveries.forget(process)
    // One that was stopping already had its successor.
    const wasRunning = running.some(each => each.process === process)
    running = running.filter(each => each.process !== process)
    if (wasRunning) start(process.kind)
  }

  const stop = ({ process, worker }: Running): void => {
    trace(() => `${process.name} takes no more work`)
    running = running.filter(each => each.process !== process)
    worker?.stop()
  }

  return {
    start,
    api: () => random.pick(running.filter(({ process }) => process.kind === 'api')).process,
    crash: ({ process }) => die(process),
    crashOne: () => die(random.pick(running).process),
    replaceWorker: () => {
      tally.fault('worker replaced')
      stop(random.pick(running.filter(({ worker }) => worker !== null)))
      start('worker')
    },
    keepOneWorker: () => {
      for (const each of running.filter(({ worker }) => worker !== null).slice(1)) stop(each)
    },
    wakeWorkers: () => {
      for (const { worker } of running) worker?.wake()
    },
  }
}
