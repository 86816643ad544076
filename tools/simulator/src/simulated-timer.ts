import type { Timer } from '@lethe/application'
import * as O from 'fp-ts/lib/Option.js'
import type { Backstage } from './backstage.js'
import type { Strand } from './strand.js'

/** The timer of a process: its time is up as simulated time has it. */
export const simulatedTimer = (
  { stage: { scheduler, time } }: Pick<Backstage, 'stage'>,
  strand: Strand,
): Timer => ({
  within: (seconds, task) => () =>
    Promise.race([
      task().then(O.some),
      new Promise<O.Option<never>>(resolve => {
        scheduler.add({
          owner: strand.process,
          readyAt: time.elapsed() + seconds * 1000,
          go: async () => resolve(O.none),
        })
      }),
    ]),
})
