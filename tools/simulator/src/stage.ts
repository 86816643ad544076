import type { Invariant, Violation } from './invariants.js'
import { randomFrom, type Random } from './random.js'
import { createScheduler, type Scheduler } from './scheduler.js'
import { type SimulatedTime, simulatedTime } from './simulated-time.js'
import { createTally, type Tally } from './tally.js'
import { drawnWeather, type Weather } from './weather.js'

/** What every part of a simulation shares. */
export interface Stage {
  readonly random: Random
  readonly time: SimulatedTime
  readonly scheduler: Scheduler
  readonly tally: Tally
  /** Writes a line of the trace, where somebody wants to read it. */
  readonly trace: (line: () => string) => void
  /** An invariant does not hold. The first one to be reported ends the simulation. */
  readonly report: (invariant: Invariant, saw: string) => void
  readonly violation: () => Violation | null
  readonly weather: () => Weather
  readonly changeWeather: (to: Weather) => void
  /** What came of every step so far. */
  readonly lines: () => ReadonlyArray<string>
}

/** @param traced whether the lines of the trace are kept. */
export const createStage = (seed: number, traced: boolean): Stage => {
  const random = randomFrom(seed)
  const time = simulatedTime()
  let weather = drawnWeather(random)
  let violation: Violation | null = null
  const lines: Array<string> = []
  return {
    random,
    time,
    scheduler: createScheduler(random, time),
    tally: createTally(),
    trace: line => {
      if (traced) lines.push(`${time.clock.now()} ${line()}`)
    },
    report: (invariant, saw) => {
      if (violation !== null) return
      violation = { invariant, saw }
      if (traced) lines.push(`${time.clock.now()} VIOLATED ${invariant}: ${saw}`)
    },
    violation: () => violation,
    weather: () => weather,
    changeWeather: to => {
      weather = to
    },
    lines: () => lines,
  }
}
