const barWidth = 24

/** How far a long run is, and how fast; it is asked again and again while the run is shown on a terminal. */
export interface Progress {
  readonly line: () => string
  readonly advance: (count: number) => void
}

/**
 * @param total null where nobody knows.
 * @param before done before this run.
 * @param now milliseconds.
 */
export const progressOf = (total: number | null, before: number, now: () => number): Progress => {
  const started = now()
  let done = before
  return {
    line: () => progressLine(done, total, (done - before) / ((now() - started) / 1000)),
    advance: count => {
      done += count
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
