import { DateTime, IdentityResource, StatusResource } from '@lethe/api-contract'
import * as t from 'io-ts'
import type { Resource } from './resource.js'

const { contract, kind, tenantId, userId, appId, operations } = IdentityResource.type.props

const Status = t.strict(
  {
    server: t.string,
    contract,
    /** Who asks, as the server knows them. */
    caller: t.strict({ kind, userId, appId, operations }),
    tenantId,
    ...StatusResource.type.props,
  },
  'Status',
)
/** How the operator's tenant stands at a server. */
export type Status = t.TypeOf<typeof Status>

const columns: Resource<Status>['columns'] = [
  { name: 'server', cell: ({ server }) => server },
  { name: 'contract', cell: status => status.contract },
  { name: 'caller', cell: ({ caller }) => caller.kind },
  { name: 'userId', cell: ({ caller }) => caller.userId },
  { name: 'appId', cell: ({ caller }) => caller.appId },
  { name: 'operations', cell: ({ caller }) => caller.operations.join(', ') },
  { name: 'tenantId', cell: status => status.tenantId },
  { name: 'overdue', cell: ({ overdue }) => overdue },
  { name: 'unreadable', cell: ({ unreadable }) => unreadable },
  { name: 'queueWaiting', cell: ({ queue }) => queue.waiting },
  { name: 'queueLongestWaitSeconds', cell: ({ queue }) => queue.longestWaitSeconds },
  { name: 'queueHeld', cell: ({ queue }) => queue.held },
  { name: 'workerUnseenSeconds', cell: ({ worker }) => worker.unseenSeconds },
  { name: 'graph', cell: ({ graph }) => graph?.state ?? null },
  { name: 'graphBlockedBy', cell: ({ graph }) => graph?.blockedBy ?? null },
  {
    name: 'graphSinceDateTime',
    cell: ({ graph }) =>
      graph === null || graph.sinceDateTime === null ? null : DateTime.encode(graph.sinceDateTime),
  },
]

export const statusResource: Resource<Status> = { codec: Status, columns, summary: columns }
