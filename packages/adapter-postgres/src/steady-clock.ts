import type { Clock } from 'pg-boss'

/**
 * Time of this process that never goes back, in milliseconds. Where the machine's clock is set back, pg-boss would look after
 * no job until it had caught up.
 */
export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: timer => {
    if (isTimer(timer)) clearTimeout(timer)
  },
  setInterval: (run, milliseconds) => setInterval(run, milliseconds),
  clearInterval: timer => {
    if (isTimer(timer)) clearInterval(timer)
  },
}

const isTimer = (u: unknown): u is NodeJS.Timeout => typeof u === 'object' && u !== null && 'hasRef' in u
