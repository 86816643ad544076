import { BatchDecisionResource, BatchListItem, BatchResource, DateTime } from '@lethe/api-contract'
import type { Instant } from '@lethe/domain'
import * as t from 'io-ts'
import { nameOf } from './removal-request.js'
import type { Cell, Resource } from './resource.js'

const countsOf = (counts: ReadonlyArray<readonly [name: string, count: number]>): Cell =>
  counts.length === 0 ? null : counts.map(([name, count]) => `${name}: ${count}`).join(', ')

const written = (at: Instant | null): Cell => (at === null ? null : DateTime.encode(at))

const columns: Resource<BatchResource>['columns'] = [
  { name: 'id', cell: ({ id }) => id },
  { name: 'madeBy', cell: ({ madeBy }) => nameOf(madeBy) },
  { name: 'submittedDateTime', cell: ({ submittedDateTime }) => written(submittedDateTime) },
  { name: 'closedDateTime', cell: ({ closedDateTime }) => written(closedDateTime) },
  { name: 'count', cell: ({ count }) => count },
  { name: 'states', cell: ({ states }) => countsOf(states.map(({ state, count }) => [state, count])) },
  {
    name: 'homeTenants',
    cell: ({ homeTenants }) => countsOf(homeTenants.map(({ tenantId, count }) => [tenantId, count])),
  },
  { name: 'homeTenantCount', cell: ({ homeTenantCount }) => homeTenantCount },
  {
    name: 'dueDateTime',
    cell: ({ dueDateTime }) => written(dueDateTime),
  },
  { name: 'digest', cell: ({ digest }) => digest },
]

/** A batch, with a sample of its requests. */
export const batchResource: Resource<BatchResource> = {
  codec: BatchResource,
  columns,
  summary: columns,
  details: ({ sample }) => ({
    isSample: true,
    columns: ['sample', 'state', 'userId', 'receivedDateTime', 'submittedBy'],
    rows: sample.map(({ id, state, userId, receivedDateTime, submittedBy }) => [
      id,
      state,
      userId,
      written(receivedDateTime),
      nameOf(submittedBy),
    ]),
  }),
}

const listColumns: Resource<BatchListItem>['columns'] = [
  { name: 'id', cell: batch => batch.id, widest: 36 },
  {
    name: 'submittedDateTime',
    cell: ({ submittedDateTime }) => DateTime.encode(submittedDateTime),
    widest: 24,
  },
  { name: 'count', cell: ({ count }) => count, widest: 9 },
  {
    name: 'dueDateTime',
    cell: ({ dueDateTime }) => written(dueDateTime),
    widest: 20,
  },
  { name: 'closedDateTime', cell: ({ closedDateTime }) => written(closedDateTime), widest: 24 },
  { name: 'states', cell: ({ states }) => countsOf(states.map(({ state, count }) => [state, count])) },
]

/** A batch in a list. */
export const batchListItemResource: Resource<BatchListItem> = {
  codec: BatchListItem,
  columns: listColumns,
  summary: listColumns,
}

const { id, refused } = BatchDecisionResource.type.props

const BatchDecided = t.strict({ id, decided: t.number, refused }, 'BatchDecided')
/** What became of a batch that was decided, retried or withdrawn. */
export type BatchDecided = t.TypeOf<typeof BatchDecided>

const decidedColumns: Resource<BatchDecided>['columns'] = [
  { name: 'id', cell: decision => decision.id },
  { name: 'decided', cell: ({ decided }) => decided },
  {
    name: 'refused',
    cell: decision => countsOf(decision.refused.map(({ reason, count }) => [reason, count])),
  },
]

export const batchDecidedResource: Resource<BatchDecided> = {
  codec: BatchDecided,
  columns: decidedColumns,
  summary: decidedColumns,
}
