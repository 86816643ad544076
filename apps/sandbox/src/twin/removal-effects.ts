import type { TenantId, UserId } from '@lethe/domain'

/** What else comes of a removal. */
export interface RemovalEffects {
  /** For how long a removed profile of the tenant still shows, in seconds. */
  readonly staysForSeconds: (tenantId: TenantId) => number
  /** Is told of every removal that really took something away. */
  readonly onRemoval: (tenantId: TenantId, userId: UserId) => void
  /** Is told of every removal that was carried out, even if there was nothing left. */
  readonly onDone: (requestId: string) => void
  /** Milliseconds, from anywhere, never set back. */
  readonly clock: () => number
}
