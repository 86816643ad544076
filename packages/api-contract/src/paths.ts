import type { BatchId, RemovalRequestId } from '@lethe/domain'

/** Paths of Lethe's own API, below the public URL. */
export const apiRoot = '/lethe/v1'
export const identityPath = `${apiRoot}/me`
export const statusPath = `${apiRoot}/status`
export const signInOptionsPath = `${apiRoot}/signInOptions`
export const removalRequestsPath = `${apiRoot}/removalRequests`
export const removalRequestPath = (id: RemovalRequestId): string => `${removalRequestsPath}/${id}`
export const historyPath = (id: RemovalRequestId): string => `${removalRequestPath(id)}/history`

/** What can be done to a request by posting. */
export type RemovalRequestAction = 'approve' | 'deny' | 'withdraw' | 'retry' | 'close'
export const actionPath = (id: RemovalRequestId, action: RemovalRequestAction): string =>
  `${removalRequestPath(id)}/${action}`

export const batchesPath = `${apiRoot}/batches`
export const batchPathOf = (id: BatchId): string => `${batchesPath}/${id}`

/** What can be done to a batch by posting. */
export type BatchAction = RemovalRequestAction
export const batchActionPath = (id: BatchId, action: BatchAction): string => `${batchPathOf(id)}/${action}`
/** Several requests below `/lethe/v1` in one, in the form of Graph's JSON batching. */
export const ownBatchPath = `${apiRoot}/$batch`
/** The collection of removal requests, as an item of such a batch names it. */
export const ownRequests = removalRequestsPath.slice(apiRoot.length)
