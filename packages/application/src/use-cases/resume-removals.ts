import type { TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'

export interface ResumeRemovalsDeps {
  readonly removalRequests: Pick<RemovalRequests, 'resume'>
}

export type ResumeRemovals = (input: {
  readonly tenantId: TenantId
  /** How many requests to resume, at most. */
  readonly limit: number
}) => TaskEither<Unavailable, number>

/** So late it is worth a look whether the job is still there. */
const lostAfterSeconds = 86_400

/**
 * Makes the jobs anew of removals that have waited for theirs for a day and lost it, so that none ends in silence whatever happened
 * to the queue. Safe to run at any time, by any number at once.
 *
 * @returns how many were resumed; where that is `limit`, there may be more.
 */
export const resumeRemovals =
  ({ removalRequests }: ResumeRemovalsDeps): ResumeRemovals =>
  ({ tenantId, limit }) =>
    removalRequests.resume(tenantId, lostAfterSeconds, limit)
