import {
  type Actor,
  type History,
  isUnreadableView,
  type RemovalRequestView,
  type StoredView,
} from '@lethe/application'
import type { HistoryResource, RemovalRequestResource } from '@lethe/api-contract'
import {
  type ActorReference,
  approvalsRequired,
  batchesOf,
  type HolderProgress,
  type RemovalRequest,
} from '@lethe/domain'

/** A removal request as the API shows it. What only the history knows is null where that cannot be read. */
export const presentRemovalRequest = (view: StoredView): RemovalRequestResource => {
  if (isUnreadableView(view)) {
    const { id, tenantId, batch, dueAt, state } = view.request
    return {
      id,
      userId: null,
      resourceTenantId: tenantId,
      batchId: batch,
      batchIds: batch === null ? [] : [batch],
      state,
      submittedDateTime: null,
      submittedBy: null,
      joins: [],
      receivedDateTime: null,
      dueDateTime: dueAt,
      expiryDateTime: null,
      approvalsRequired: null,
      approvals: [],
      holders: [],
      ...open,
    }
  }
  const { request } = view
  return {
    id: request.id,
    userId: view.userId,
    resourceTenantId: request.tenantId,
    batchId: request.batch,
    batchIds: batchesOf(request),
    state: request.state,
    submittedDateTime: request.submittedAt,
    submittedBy: actorIn(view, request.submittedBy),
    joins: request.joins.map(({ by, at, receivedAt, batch }) => ({
      by: actorIn(view, by),
      joinedDateTime: at,
      receivedDateTime: receivedAt,
      batchId: batch,
    })),
    receivedDateTime: request.receivedAt,
    dueDateTime: request.dueAt,
    expiryDateTime: request.expiresAt,
    approvalsRequired: approvalsRequired(request.policy),
    approvals: request.approvals.map(({ by, at }) => ({ by: actorIn(view, by), approvedDateTime: at })),
    holders: request.holders.map(holder => ({
      name: holder.name,
      state: holder.state,
      attempts: holder.attempts,
      blockedBy: holder.blocked?.by ?? null,
      ...answerOf(holder),
    })),
    ...endingIn(view, request),
  }
}

/** What a holder said when last it settled nothing. */
const answerOf = (holder: HolderProgress | undefined) => ({
  detail: holder?.answer.detail ?? null,
  holderRequestId: holder?.answer.holderRequestId ?? null,
})

type Ending = Pick<
  RemovalRequestResource,
  'denial' | 'withdrawal' | 'abandonment' | 'failure' | 'outcome' | 'completedDateTime'
>

const open: Ending = {
  denial: null,
  withdrawal: null,
  abandonment: null,
  failure: null,
  outcome: null,
  completedDateTime: null,
}

const endingIn = (view: RemovalRequestView, request: RemovalRequest): Ending => {
  switch (request.state) {
    case 'denied': {
      const { code, by, at } = request.denial
      return { ...open, denial: { code, note: view.note, by: actorIn(view, by), deniedDateTime: at } }
    }
    case 'withdrawn': {
      const { by, at } = request.withdrawal
      return { ...open, withdrawal: { by: actorIn(view, by), withdrawnDateTime: at } }
    }
    case 'abandoned': {
      const { code, by, effects, lastLook, at } = request.abandonment
      return {
        ...open,
        abandonment: {
          code,
          note: view.note,
          by: actorIn(view, by),
          effects,
          lastLook,
          abandonedDateTime: at,
        },
      }
    }
    case 'failed': {
      const { reason, holder, at } = request.failure
      const failing = request.holders.find(({ name }) => name === holder)
      return { ...open, failure: { reason, holder, ...answerOf(failing), failedDateTime: at } }
    }
    case 'completed':
      return { ...open, outcome: request.outcome, completedDateTime: request.completedAt }
    case 'pendingApproval':
    case 'approved':
    case 'removing':
    case 'verifying':
    case 'expired':
      return open
  }
}

const actorIn = (
  view: RemovalRequestView,
  reference: ActorReference,
): RemovalRequestResource['submittedBy'] => presentActor(view.actors.get(reference))

/** The one who acted, as the API shows them; undefined, or null, once erased. */
export const presentActor = (actor: Actor | null | undefined): RemovalRequestResource['submittedBy'] => {
  switch (actor?.kind) {
    case 'person':
      return { userId: actor.userId, appId: actor.appId }
    case 'application':
      return { userId: null, appId: actor.appId }
    case undefined:
      return null
  }
}

/** A history as the API shows it. */
export const presentHistory = ({ events, head, broken }: History): HistoryResource => ({
  intact: broken === null,
  broken: broken === null ? null : { position: broken.position, reason: broken.reason },
  head,
  value: events,
})
