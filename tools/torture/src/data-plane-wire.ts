import { InboundSharedUserProfile } from './profile-codec.js'
import { RemovalRequestId, TenantId, UserId } from '@lethe/domain'
import * as t from 'io-ts'

/** The wire between a process of Lethe and the data plane that the torture keeps outside of it. */
export const ProfileQuery = t.strict({ tenantId: TenantId, userId: UserId }, 'ProfileQuery')
export type ProfileQuery = t.TypeOf<typeof ProfileQuery>
export const ProfileAnswer = t.strict(
  { profile: t.union([InboundSharedUserProfile, t.null]) },
  'ProfileAnswer',
)
export const RemoveCall = t.strict(
  { tenantId: TenantId, requestId: RemovalRequestId, userId: UserId },
  'RemoveCall',
)
export type RemoveCall = t.TypeOf<typeof RemoveCall>
export const RemoveAnswer = t.strict({ did: t.keyof({ removed: null, absent: null }) }, 'RemoveAnswer')
export const ReadBackAnswer = t.strict(
  { found: t.keyof({ absent: null, present: null, notSupported: null }) },
  'ReadBackAnswer',
)

export const dataPlanePaths = {
  profile: '/profile',
  remove: '/remove',
  readBack: '/read-back',
} as const
