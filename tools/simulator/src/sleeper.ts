import type { Process, Turn } from './scheduler.js'
import type { Stage } from './stage.js'

/** Sleeps until the time is over or it is woken; a wake while it is awake ends the next sleep. */
export interface Sleeper {
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly wake: () => void
}

export const createSleeper = ({ scheduler, time }: Stage, owner: Process): Sleeper => {
  let sleeping: Turn | null = null
  let woken = false
  return {
    sleep: async milliseconds =>
      new Promise(resolve => {
        sleeping = {
          owner,
          readyAt: time.elapsed() + (woken ? 0 : milliseconds),
          go: async () => {
            sleeping = null
            resolve()
          },
        }
        woken = false
        scheduler.add(sleeping)
      }),
    wake: () => {
      if (sleeping === null) woken = true
      else sleeping.readyAt = Math.min(sleeping.readyAt, time.elapsed())
    },
  }
}
