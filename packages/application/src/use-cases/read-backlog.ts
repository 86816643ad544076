import type { TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Backlog, Backlogs } from '../ports/backlogs.js'
import type { Unavailable } from '../ports/problems.js'

export interface ReadBacklogDeps {
  readonly backlogs: Backlogs
}

export type ReadBacklog = (input: { readonly tenantId: TenantId }) => TaskEither<Unavailable, Backlog>

/** How much of a tenant's work waits for a worker, and for how long. */
export const readBacklog =
  ({ backlogs }: ReadBacklogDeps): ReadBacklog =>
  ({ tenantId }) =>
    backlogs.of(tenantId)
