import {
  type ApproveRemovalDeps,
  type DecideBatchDeps,
  type DenyRemovalDeps,
  findPersonIn,
  type HistorySeals,
  type PerformRemovalDeps,
  type SignIns,
  type StorePorts,
} from '@lethe/application'
import { type Hash, readStored } from '@lethe/domain'
import type { AlterData } from './simulated-holder.js'

/** What batches are decided with. */
export interface BatchDeciding extends DecideBatchDeps, ApproveRemovalDeps, DenyRemovalDeps {
  readonly identifiers: DenyRemovalDeps['identifiers']
  readonly signIns: SignIns
}

/** What makes sure that what is read is what was written. */
export interface Reading {
  readonly stored: typeof readStored
  readonly isSealed: (seals: HistorySeals) => HistorySeals['isSealed']
  readonly findPerson: typeof findPersonIn
}

/** What stands in the place of a sound part: tests break parts on purpose, to show that it is noticed. */
export interface Alterations {
  readonly store: (store: StorePorts) => StorePorts
  readonly reading: Reading
  /** The store as processes see it, with what was tampered with in it. */
  readonly seen: (store: StorePorts) => StorePorts
  readonly data: AlterData
  /** What a worker works with: made anew for each job. */
  readonly worker: (deps: PerformRemovalDeps) => PerformRemovalDeps
  /** What decides batches works with: made anew for each call, which names that digest. */
  readonly deciding: (deps: BatchDeciding, digest: Hash) => BatchDeciding
}

/** Everything is as it should be. */
export const unaltered: Alterations = {
  store: store => store,
  reading: {
    stored: readStored,
    isSealed: ({ isSealed }) => isSealed,
    findPerson: findPersonIn,
  },
  seen: store => store,
  data: data => data,
  worker: deps => deps,
  deciding: deps => deps,
}
