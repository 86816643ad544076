import type { TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from './problems.js'

/** How much work there is for the workers, of one tenant. Dead jobs, whose requests are to be ended, are work too. */
export interface Backlog {
  /** Jobs that are due, and that no worker holds. */
  readonly waiting: number
  /** For how many seconds the first of those has been due; null where none waits. */
  readonly longestWaitSeconds: number | null
  /** Jobs that a worker holds. */
  readonly held: number
}

/** The queue as whoever looks after a tenant sees it. */
export interface Backlogs {
  readonly of: (tenantId: TenantId) => TaskEither<Unavailable, Backlog>
}
