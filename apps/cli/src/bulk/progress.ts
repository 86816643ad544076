import type { Sink } from '../io.js'

/** Shows how far a long run is, on a terminal. */
export interface Progress {
  /** @param done so many of the total. */
  readonly show: (done: number) => Promise<void>
  /** Takes the line away, so that others can write. */
  readonly clear: () => Promise<void>
}

const leastMilliseconds = 200
const barWidth = 24

/**
 * A line on stderr that is written over: a bar, the rate and the time left. Nothing where that is no terminal.
 *
 * @param total null where nobody knows.
 * @param now milliseconds.
 */
export const progressOn = (
  stderr: Sink,
  total: number | null,
  now: () => number,
  /** Done before this run. */
  before: number,
): Progress => {
  if (!stderr.isTerminal) return { show: () => Promise.resolve(), clear: () => Promise.resolve() }
  const started = now()
  let shownAt = Number.NEGATIVE_INFINITY
  let shown = false
  return {
    show: async done => {
      if (now() - shownAt < leastMilliseconds) return
      shownAt = now()
      shown = true
      await stderr.write(
        `\r\u001B[K${progressLine(done, total, (done - before) / ((now() - started) / 1000))}`,
      )
    },
    clear: async () => {
      if (shown) await stderr.write('\r\u001B[K')
      shown = false
    },
  }
}

/** @param rate of this run, a second. */
export const progressLine = (done: number, total: number | null, rate: number): string => {
  const perSecond = Number.isFinite(rate) && rate > 0 ? rate : 0
  const pace = `${grouped(Math.round(perSecond))}/s`
  if (total === null) return `${grouped(done)} ids  ${pace}`
  const part = total === 0 ? 1 : Math.min(done / total, 1)
  const filled = Math.round(part * barWidth)
  const left = perSecond === 0 ? '' : `  ${timeLeft((total - done) / perSecond)} left`
  return `[${'='.repeat(filled)}${' '.repeat(barWidth - filled)}] ${Math.floor(part * 100)} %  ${grouped(done)} of ${grouped(total)}  ${pace}${left}`
}

const grouped = (number: number): string => number.toLocaleString('en-GB')

const timeLeft = (seconds: number): string => {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
