import type { RemovalRequestId } from '@lethe/domain'

/** Paths of Lethe's own API, below the public URL. */
export const apiRoot = '/lethe/v1'
export const identityPath = `${apiRoot}/me`
export const statusPath = `${apiRoot}/status`
export const removalRequestsPath = `${apiRoot}/removalRequests`
export const removalRequestPath = (id: RemovalRequestId): string => `${removalRequestsPath}/${id}`
export const historyPath = (id: RemovalRequestId): string => `${removalRequestPath(id)}/history`

/** What can be done to a request by posting. */
export type RemovalRequestAction = 'approve' | 'deny' | 'withdraw' | 'retry'
export const actionPath = (id: RemovalRequestId, action: RemovalRequestAction): string =>
  `${removalRequestPath(id)}/${action}`
