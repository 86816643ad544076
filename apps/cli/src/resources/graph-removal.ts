import { DateTime } from '@lethe/api-contract'
import {
  FailureReason,
  Outcome,
  type RemovalRequest,
  RemovalRequestId,
  RemovalState,
  TenantId,
} from '@lethe/domain'
import * as t from 'io-ts'
import type { Resource } from './resource.js'

const orNull = <C extends t.Mixed>(codec: C) => t.union([codec, t.null])

const GraphRemoval = t.strict(
  {
    /** Of the local history; not of Graph. */
    id: RemovalRequestId,
    tenantId: TenantId,
    state: RemovalState,
    outcome: orNull(Outcome),
    failureReason: orNull(FailureReason),
    /** How often Graph was asked to remove. */
    attempts: t.number,
    submittedDateTime: DateTime,
    completedDateTime: orNull(DateTime),
  },
  'GraphRemoval',
)
/** A removal without a server, without the person that it is about. */
export type GraphRemoval = t.TypeOf<typeof GraphRemoval>

export const graphRemovalOf = (request: RemovalRequest): GraphRemoval => ({
  id: request.id,
  tenantId: request.tenantId,
  state: request.state,
  outcome: request.state === 'completed' ? request.outcome : null,
  failureReason: request.state === 'failed' ? request.failure.reason : null,
  attempts: request.holders.reduce((sum, holder) => sum + holder.attempts, 0),
  submittedDateTime: request.submittedAt,
  completedDateTime: request.state === 'completed' ? request.completedAt : null,
})

const columns: Resource<GraphRemoval>['columns'] = [
  { name: 'id', cell: ({ id }) => id },
  { name: 'tenantId', cell: ({ tenantId }) => tenantId },
  { name: 'state', cell: ({ state }) => state },
  { name: 'outcome', cell: ({ outcome }) => outcome },
  { name: 'failureReason', cell: ({ failureReason }) => failureReason },
  { name: 'attempts', cell: ({ attempts }) => attempts },
  { name: 'submittedDateTime', cell: removal => DateTime.encode(removal.submittedDateTime) },
  {
    name: 'completedDateTime',
    cell: ({ completedDateTime }) => (completedDateTime === null ? null : DateTime.encode(completedDateTime)),
  },
]

export const graphRemovalResource: Resource<GraphRemoval> = { codec: GraphRemoval, columns, summary: columns }
