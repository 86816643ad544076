import type { TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../ports/environment.js'
import type { Unavailable } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'

export interface CountOverdueDeps {
  readonly removalRequests: Pick<RemovalRequests, 'overdue'>
  readonly clock: Clock
}

export type CountOverdue = (input: { readonly tenantId: TenantId }) => TaskEither<Unavailable, number>

/** How many open requests of a tenant are past the date by which the law wants an answer (GDPR art. 12(3)). */
export const countOverdue =
  ({ removalRequests, clock }: CountOverdueDeps): CountOverdue =>
  ({ tenantId }) =>
    removalRequests.overdue(tenantId, clock.now())

export interface CountUnreadableDeps {
  readonly removalRequests: Pick<RemovalRequests, 'unreadable'>
}

export type CountUnreadable = (input: { readonly tenantId: TenantId }) => TaskEither<Unavailable, number>

/** How many requests of a tenant could not be read when they were last looked at: an operator looks into each. */
export const countUnreadable =
  ({ removalRequests }: CountUnreadableDeps): CountUnreadable =>
  ({ tenantId }) =>
    removalRequests.unreadable(tenantId)
