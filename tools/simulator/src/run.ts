import * as E from 'fp-ts/lib/Either.js'
import { unaltered } from './alterations.js'
import { type Options, readOptions, usage } from './options.js'
import { isTooWeak, rangeText, seedText, weaknessText } from './report.js'
import type { RangeResult } from './simulate-range.js'
import type { SeedResult, simulateSeed } from './simulate-seed.js'

/** What the command runs on. */
export interface Running {
  readonly range: (from: number, seeds: number) => Promise<RangeResult>
  readonly seed: typeof simulateSeed
  /** Results. */
  readonly out: (text: string) => void
  /** Everything else. */
  readonly err: (text: string) => void
  /** Milliseconds, for the time that it took. */
  readonly now: () => number
}

/** @returns the exit code: 0 where everything held, 1 where something did not, 2 where the options are wrong. */
export const run = async (args: ReadonlyArray<string>, running: Running): Promise<0 | 1 | 2> => {
  const options = readOptions(args)
  if (E.isRight(options)) return runWith(options.right, running)
  running.err(['The simulator cannot start:', ...options.left, '', usage].join('\n'))
  return 2
}

const runWith = async (options: Options, running: Running): Promise<0 | 1> => {
  switch (options.kind) {
    case 'help':
      running.out(usage)
      return 0
    case 'one':
      return showSeed(running, options.seed, options.traced)
    case 'range': {
      const began = running.now()
      const result = await running.range(options.from, options.seeds)
      if (result.failed !== null) return showSeed(running, result.failed, true)
      running.out(rangeText(options.from, result, (running.now() - began) / 1000))
      running.err(weaknessText(result))
      return isTooWeak(result) ? 1 : 0
    }
  }
}

/** A seed with a violation is always shown with its trace. */
const showSeed = async ({ seed: simulate, out }: Running, seed: number, traced: boolean): Promise<0 | 1> => {
  const result: SeedResult = await simulate(seed, unaltered, true)
  out(seedText(traced || result.violation !== null ? result : { ...result, lines: [] }))
  return result.violation === null ? 0 : 1
}
