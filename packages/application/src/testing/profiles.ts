import type { InboundSharedUserProfile, TenantId } from '@lethe/domain'
import type { FreshIds } from './harness.js'

/** The profiles that a test wants there to be, by resource tenant. */
export type ProfileSeed = ReadonlyMap<TenantId, ReadonlyArray<InboundSharedUserProfile>>

/** A profile of somebody new. */
export const profileOf = (
  ids: FreshIds,
  wish: Partial<InboundSharedUserProfile> = {},
): InboundSharedUserProfile => {
  const userId = wish.userId ?? ids.userId()
  return {
    userId,
    userPrincipalName: `Person.${userId}@Fabrikam.example`,
    displayName: 'Somebody',
    homeTenantId: ids.tenantId(),
    ...wish,
  }
}
