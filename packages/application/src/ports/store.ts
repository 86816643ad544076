import type { Backlogs } from './backlogs.js'
import type { Batches } from './batches.js'
import type { Jobs } from './jobs.js'
import type { PaceStates } from './pace-states.js'
import type { Actors, Notes, Subjects } from './people.js'
import type { RemovalRequests } from './removal-requests.js'
import type { SealedSignIns } from './sign-ins.js'

/** The ports that share one store: what is appended, its jobs and its people become visible together. */
export interface StorePorts {
  readonly removalRequests: RemovalRequests
  readonly batches: Batches
  readonly jobs: Jobs
  readonly backlogs: Backlogs
  readonly subjects: Subjects
  readonly actors: Actors
  readonly notes: Notes
  readonly sealedSignIns: SealedSignIns
  readonly paces: PaceStates
}
