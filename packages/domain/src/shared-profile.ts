import type { TenantId, UserId } from './identifiers.js'

/** The profile of a person of another tenant, shared into a resource tenant through B2B direct connect. */
export interface InboundSharedUserProfile {
  readonly userId: UserId
  /** Null where the directory gives none. */
  readonly userPrincipalName: string | null
  /** Null where the directory gives none. */
  readonly displayName: string | null
  readonly homeTenantId: TenantId
}

/** Whether a profile is inbound to a tenant: a profile whose home is that very tenant is not. */
export const isInboundTo = (resourceTenantId: TenantId, profile: InboundSharedUserProfile): boolean =>
  profile.homeTenantId !== resourceTenantId

/** One condition on profiles: a property equals a value, for ids and UPNs without regard to case. */
export interface ProfileCondition {
  readonly property: 'userId' | 'homeTenantId' | 'userPrincipalName'
  readonly value: string
}

/** Whether a profile meets all conditions; none at all lets every profile pass. */
export const meetsConditions =
  (conditions: ReadonlyArray<ProfileCondition>) =>
  (profile: InboundSharedUserProfile): boolean =>
    conditions.every(({ property, value }) => profile[property]?.toLowerCase() === value.toLowerCase())
