import { DateTime, IdentityResource, StatusResource } from '@lethe/api-contract'
import * as t from 'io-ts'
import type { Resource } from './resource.js'

const { contract, tenantId } = IdentityResource.type.props

const Status = t.strict({ server: t.string, contract, tenantId, ...StatusResource.type.props }, 'Status')
/** How the operator's tenant stands at a server. */
export type Status = t.TypeOf<typeof Status>

const columns: Resource<Status>['columns'] = [
  { name: 'server', cell: ({ server }) => server },
  { name: 'contract', cell: status => status.contract },
  { name: 'tenantId', cell: status => status.tenantId },
  { name: 'overdue', cell: ({ overdue }) => overdue },
  { name: 'graph', cell: ({ graph }) => graph?.state ?? null },
  {
    name: 'graphSinceDateTime',
    cell: ({ graph }) =>
      graph === null || graph.sinceDateTime === null ? null : DateTime.encode(graph.sinceDateTime),
  },
]

export const statusResource: Resource<Status> = { codec: Status, columns, summary: columns }
