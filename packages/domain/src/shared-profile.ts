import type { TenantId, UserId } from './identifiers.js'

/** The profile of a person of another tenant, shared into a resource tenant through B2B direct connect. */
export interface InboundSharedUserProfile {
  readonly userId: UserId
  readonly userPrincipalName: string
  readonly displayName: string
  readonly homeTenantId: TenantId
}

/** Whether a profile is inbound to a tenant: a profile whose home is that very tenant is not. */
export const isInboundTo = (resourceTenantId: TenantId, profile: InboundSharedUserProfile): boolean =>
  profile.homeTenantId !== resourceTenantId
