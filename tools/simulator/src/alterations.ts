import type {
  ApproveRemovalDeps,
  DecideBatchDeps,
  DenyRemovalDeps,
  PerformRemovalDeps,
  SignIns,
  StorePorts,
} from '@lethe/application'
import type { Hash } from '@lethe/domain'
import type { AlterData } from './simulated-holder.js'

/** What batches are decided with. */
export interface BatchDeciding extends DecideBatchDeps, ApproveRemovalDeps, DenyRemovalDeps {
  readonly identifiers: DenyRemovalDeps['identifiers']
  readonly signIns: SignIns
}

/** What stands in the place of a sound part: tests break parts on purpose, to show that it is noticed. */
export interface Alterations {
  readonly store: (store: StorePorts) => StorePorts
  readonly data: AlterData
  /** What a worker works with: made anew for each job. */
  readonly worker: (deps: PerformRemovalDeps) => PerformRemovalDeps
  /** What decides batches works with: made anew for each call, which names that digest. */
  readonly deciding: (deps: BatchDeciding, digest: Hash) => BatchDeciding
}

/** Everything is as it should be. */
export const unaltered: Alterations = {
  store: store => store,
  data: data => data,
  worker: deps => deps,
  deciding: deps => deps,
}
