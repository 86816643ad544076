import type { ApprovalPolicy, TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from './problems.js'

/** What a tenant asks for before anything is removed. */
export interface TenantPolicy {
  readonly approval: ApprovalPolicy
  /** Days after which a request that nobody decided expires; null for never, which is the default. */
  readonly expiresAfterDays: number | null
}

export interface ApprovalPolicies {
  readonly of: (tenantId: TenantId) => TaskEither<Unavailable, TenantPolicy>
}
