import type { ApprovalPolicies, TenantPolicy } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'

/**
 * @param usual what a tenant asks for that is not named.
 * @param tenants what others ask for.
 */
export const inMemoryApprovalPolicies = (
  usual: TenantPolicy,
  tenants: ReadonlyMap<TenantId, TenantPolicy> = new Map(),
): ApprovalPolicies => ({ of: tenantId => TE.right(tenants.get(tenantId) ?? usual) })
