import type { PerformRemovalDeps, StorePorts } from '@lethe/application'
import type { AlterData } from './simulated-holder.js'

/** What stands in the place of a sound part: tests break parts on purpose, to show that it is noticed. */
export interface Alterations {
  readonly store: (store: StorePorts) => StorePorts
  readonly data: AlterData
  /** What a worker works with: made anew for each job. */
  readonly worker: (deps: PerformRemovalDeps) => PerformRemovalDeps
}

/** Everything is as it should be. */
export const unaltered: Alterations = {
  store: store => store,
  data: data => data,
  worker: deps => deps,
}
