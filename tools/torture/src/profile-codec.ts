import { TenantId, UserId } from '@lethe/domain'
import * as t from 'io-ts'

/** A profile as the data plane of the torture sends it. */
export const InboundSharedUserProfile = t.strict(
  { userId: UserId, userPrincipalName: t.string, displayName: t.string, homeTenantId: TenantId },
  'InboundSharedUserProfile',
)
