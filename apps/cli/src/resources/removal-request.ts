import { DateTime, RemovalRequestResource } from '@lethe/api-contract'
import { type Instant, RemovalState } from '@lethe/domain'
import type { Cell, Column, Resource } from './resource.js'

type Actor = RemovalRequestResource['submittedBy']

/** A person's id, or the application's where none was there; `erased` once nobody is known any more. */
export const nameOf = (actor: Actor): string => {
  if (actor === null) return 'erased'
  return actor.userId ?? (actor.appId === null ? 'erased' : `app ${actor.appId}`)
}

const written = (instant: Instant | null): Cell => (instant === null ? null : DateTime.encode(instant))

const approvalsOf = ({ approvals, approvalsRequired }: RemovalRequestResource): Cell =>
  approvalsRequired === null ? null : `${approvals.length}/${approvalsRequired}`

const holdersOf = ({ holders }: RemovalRequestResource): Cell =>
  holders
    .map(({ name, state, attempts, blockedBy }) =>
      blockedBy === null
        ? `${name}: ${state} (${attempts})`
        : `${name}: ${state} (${attempts}), blocked by ${blockedBy}`,
    )
    .join(', ')

/** What the holders said when last they settled nothing: what their support asks for. */
const answersOf = ({ holders }: RemovalRequestResource, part: 'detail' | 'holderRequestId'): Cell => {
  const said = holders.flatMap(holder => (holder[part] === null ? [] : [`${holder.name}: ${holder[part]}`]))
  return said.length === 0 ? null : said.join(', ')
}

const lastLookOf = ({ abandonment }: RemovalRequestResource): Cell =>
  abandonment === null
    ? null
    : abandonment.lastLook.map(({ holder, result }) => `${holder}: ${result}`).join(', ')

const approversOf = ({ approvals }: RemovalRequestResource): Cell =>
  approvals.length === 0 ? null : approvals.map(({ by }) => nameOf(by)).join(', ')

/** The width of the longest name of a state. */
export const widestState = Math.max(...Object.keys(RemovalState.keys).map(({ length }) => length))
const widthOfGuid = 36

const id: Column<RemovalRequestResource> = { name: 'id', cell: request => request.id }
const state: Column<RemovalRequestResource> = {
  name: 'state',
  cell: request => request.state,
  widest: widestState,
}
const userId: Column<RemovalRequestResource> = {
  name: 'userId',
  cell: request => request.userId,
  widest: widthOfGuid,
}
const due: Column<RemovalRequestResource> = {
  name: 'dueDateTime',
  cell: request => written(request.dueDateTime),
}
const approvals: Column<RemovalRequestResource> = { name: 'approvals', cell: approvalsOf }
const holders: Column<RemovalRequestResource> = { name: 'holders', cell: holdersOf }

/** A removal request. What does not apply to its state is empty. */
export const removalRequestResource: Resource<RemovalRequestResource> = {
  codec: RemovalRequestResource,
  columns: [
    id,
    state,
    userId,
    { name: 'resourceTenantId', cell: request => request.resourceTenantId },
    { name: 'batchId', cell: request => request.batchId },
    { name: 'batchIds', cell: ({ batchIds }) => (batchIds.length === 0 ? null : batchIds.join(', ')) },
    { name: 'receivedDateTime', cell: request => written(request.receivedDateTime) },
    { name: 'submittedDateTime', cell: request => written(request.submittedDateTime) },
    { name: 'submittedBy', cell: request => nameOf(request.submittedBy) },
    {
      name: 'joinedBy',
      cell: ({ joins }) => (joins.length === 0 ? null : joins.map(({ by }) => nameOf(by)).join(', ')),
    },
    due,
    { name: 'expiryDateTime', cell: request => written(request.expiryDateTime) },
    approvals,
    { name: 'approvedBy', cell: approversOf },
    { name: 'denial', cell: ({ denial }) => denial?.code ?? null },
    { name: 'denialNote', cell: ({ denial }) => denial?.note ?? null },
    { name: 'deniedBy', cell: ({ denial }) => (denial === null ? null : nameOf(denial.by)) },
    { name: 'deniedDateTime', cell: ({ denial }) => written(denial?.deniedDateTime ?? null) },
    { name: 'withdrawnBy', cell: ({ withdrawal }) => (withdrawal === null ? null : nameOf(withdrawal.by)) },
    {
      name: 'withdrawnDateTime',
      cell: ({ withdrawal }) => written(withdrawal?.withdrawnDateTime ?? null),
    },
    { name: 'abandonment', cell: ({ abandonment }) => abandonment?.code ?? null },
    { name: 'abandonmentNote', cell: ({ abandonment }) => abandonment?.note ?? null },
    {
      name: 'abandonedBy',
      cell: ({ abandonment }) => (abandonment === null ? null : nameOf(abandonment.by)),
    },
    { name: 'abandonedDateTime', cell: ({ abandonment }) => written(abandonment?.abandonedDateTime ?? null) },
    { name: 'effects', cell: ({ abandonment }) => abandonment?.effects ?? null },
    { name: 'lastLook', cell: lastLookOf },
    { name: 'failure', cell: ({ failure }) => failure?.reason ?? null },
    { name: 'failedHolder', cell: ({ failure }) => failure?.holder ?? null },
    { name: 'failedDateTime', cell: ({ failure }) => written(failure?.failedDateTime ?? null) },
    holders,
    { name: 'holderDetail', cell: request => answersOf(request, 'detail') },
    { name: 'holderRequestId', cell: request => answersOf(request, 'holderRequestId') },
    { name: 'outcome', cell: request => request.outcome },
    { name: 'completedDateTime', cell: request => written(request.completedDateTime) },
  ],
  summary: [id, state, userId, due, approvals, holders],
}
