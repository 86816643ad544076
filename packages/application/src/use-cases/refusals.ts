import type { RemovalRequestId, UserId } from '@lethe/domain'

/** The tenant has no such inbound shared user profile. */
export interface ProfileNotFound {
  readonly _tag: 'ProfileNotFound'
  readonly userId: UserId
}

/** The tenant has no such removal request. */
export interface RequestNotFound {
  readonly _tag: 'RequestNotFound'
  readonly id: RemovalRequestId
}

export const profileNotFound = (userId: UserId): ProfileNotFound => ({ _tag: 'ProfileNotFound', userId })
export const requestNotFound = (id: RemovalRequestId): RequestNotFound => ({ _tag: 'RequestNotFound', id })
