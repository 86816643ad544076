import type { BatchId, RemovalRequestId, UnreadableRequest, UserId } from '@lethe/domain'

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

/** The history of the request cannot be read, or was changed: nothing is done with it. */
export interface RequestUnreadable {
  readonly _tag: 'RequestUnreadable'
  readonly request: UnreadableRequest
}

/** The person whom the store names is not the one that the history of the request commits to: nothing is done. */
export interface SubjectDiffers {
  readonly _tag: 'SubjectDiffers'
}

/** The tenant has no request of that batch. */
export interface BatchNotFound {
  readonly _tag: 'BatchNotFound'
  readonly id: BatchId
}

/** Nothing in the batch waits for a decision, and the caller made none of it. */
export interface NothingWaits {
  readonly _tag: 'NothingWaits'
}

/** The batch is not the one that was looked at: requests were added to it. */
export interface BatchChanged {
  readonly _tag: 'BatchChanged'
}

export const profileNotFound = (userId: UserId): ProfileNotFound => ({ _tag: 'ProfileNotFound', userId })
export const requestNotFound = (id: RemovalRequestId): RequestNotFound => ({ _tag: 'RequestNotFound', id })
export const requestUnreadable = (request: UnreadableRequest): RequestUnreadable => ({
  _tag: 'RequestUnreadable',
  request,
})
export const batchNotFound = (id: BatchId): BatchNotFound => ({ _tag: 'BatchNotFound', id })
