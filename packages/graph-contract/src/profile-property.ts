import * as t from 'io-ts'

/** The properties of an inbound shared user profile, in the order in which they are written. */
export const profileProperties = ['userId', 'userPrincipalName', 'displayName', 'homeTenantId'] as const

export const ProfileProperty = t.keyof(
  { userId: null, userPrincipalName: null, displayName: null, homeTenantId: null },
  'ProfileProperty',
)
export type ProfileProperty = t.TypeOf<typeof ProfileProperty>

/** @returns the property of that name, whatever its case; null where there is none. */
export const propertyNamed = (name: string): ProfileProperty | null =>
  profileProperties.find(property => property.toLowerCase() === name.toLowerCase()) ?? null
