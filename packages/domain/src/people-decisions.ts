import * as E from 'fp-ts/lib/Either.js'
import { isApproved } from './approval.js'
import type { Approve, Close, Deny, Join, Retry, Submit, Withdraw } from './commands.js'
import { dueAt, expiryOf, isLongAgo } from './deadline.js'
import { type Decision, type Events, nothing, placed, record } from './deciding.js'
import {
  type GuestApproval,
  type HolderCalled,
  type JoinedByOthers,
  type NoHolderCalled,
  type NoteRequired,
  type NotInbound,
  type NotSubmitter,
  type ReceivedInFuture,
  type ReceivedLongAgo,
  type SelfApproval,
  wrongState,
  type WrongState,
} from './refusals.js'
import type { Happening } from './removal-event.js'
import { isAnyCalled } from './removal-plan.js'
import { askersOf, batchesOf, isOpen, isTimeUp, type RemovalRequest } from './removal-request.js'
import { isInboundTo } from './shared-profile.js'
import type { Instant } from './time.js'

/** Whether the person can have asked then: not in the future, and over a year ago only where somebody confirmed it. */
export const checkReceipt = ({
  receivedAt,
  receivedConfirmed,
  at,
}: Pick<Submit, 'receivedAt' | 'receivedConfirmed' | 'at'>): E.Either<
  ReceivedInFuture | ReceivedLongAgo,
  void
> => {
  if (receivedAt > at) return E.left({ _tag: 'ReceivedInFuture' })
  return isLongAgo(receivedAt, at) && receivedConfirmed !== true
    ? E.left({ _tag: 'ReceivedLongAgo' })
    : E.right(undefined)
}

/**
 * Asks for a removal. An automatic policy approves at once. One open request for a profile is the store's to keep,
 * because only it sees them all.
 */
export const submit = (
  command: Submit,
): E.Either<NotInbound | ReceivedInFuture | ReceivedLongAgo, Events> => {
  const receipt = checkReceipt(command)
  if (E.isLeft(receipt)) return receipt
  if (!isInboundTo(command.tenantId, command.profile)) return E.left({ _tag: 'NotInbound' })
  return E.right(
    placed(command, 0, [
      {
        type: 'removalRequested',
        at: command.at,
        data: {
          subject: command.subject,
          submittedBy: command.by,
          receivedAt: command.receivedAt,
          policy: command.policy,
          holders: command.holders,
          ...(command.batch === null ? {} : { batch: command.batch }),
          ...deadlinesOf(command),
        },
      },
      ...(isApproved(command.policy, command.by, []) ? [approvedAt(command.at, 0)] : []),
    ]),
  )
}

/**
 * Asks again for a removal that is asked for already. What that adds is recorded: another asker, an earlier receipt, a batch. A
 * failed request is retried. A repeat that adds nothing records nothing, and so does a repeat in a batch of a request that has ended.
 */
export const join =
  (command: Join): Decision<ReceivedInFuture | ReceivedLongAgo | WrongState> =>
  request => {
    const { receivedAt } = command
    const receipt = receivedAt === null ? E.right(undefined) : checkReceipt({ ...command, receivedAt })
    if (E.isLeft(receipt)) return receipt
    const isOfBatch = command.batch !== null && batchesOf(request).includes(command.batch)
    if (request.state === 'pendingApproval' && isTimeUp(request, command.at)) return E.left(expired)
    if (!isOpen(request.state)) return isOfBatch ? E.right(nothing) : E.left(wrongState(request))
    const added = {
      ...(receivedAt !== null && receivedAt < request.receivedAt
        ? movedBy(request, command, receivedAt)
        : {}),
      ...(command.batch === null || isOfBatch ? {} : { batch: command.batch }),
    }
    const { by, at } = command
    return E.right(
      record(request, [
        ...(askersOf(request).includes(by) && Object.keys(added).length === 0
          ? []
          : [{ type: 'requestJoined', at, data: { by, ...added } } as const]),
        ...(request.state === 'failed' ? [{ type: 'removalRetried', at, data: { by } } as const] : []),
      ]),
    )
  }

/** Says yes. The last approval that the policy asks for approves the request. Whoever said yes may say so again, ever. */
export const approve =
  (command: Approve): Decision<SelfApproval | GuestApproval | WrongState> =>
  request => {
    if (request.approvals.some(approval => approval.by === command.by)) return E.right(nothing)
    if (command.guest) return E.left({ _tag: 'GuestApproval' })
    if (request.submittedBy === command.by) return E.left({ _tag: 'SelfApproval' })
    switch (request.state) {
      case 'pendingApproval':
        return isTimeUp(request, command.at) ? E.left(expired) : E.right(approvalEvents(request, command))
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'failed':
      case 'denied':
      case 'withdrawn':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Says no, for a coded reason. A repeat is the same person with the same code. */
export const deny =
  (command: Deny): Decision<NoteRequired | WrongState> =>
  request => {
    if (command.code === 'other' && command.note === null) return E.left({ _tag: 'NoteRequired' })
    switch (request.state) {
      case 'pendingApproval':
        if (isTimeUp(request, command.at)) return E.left(expired)
        return E.right(
          record(request, [
            {
              type: 'removalDenied',
              at: command.at,
              data: { by: command.by, code: command.code, note: command.note },
            },
          ]),
        )
      case 'denied':
        return request.denial.by === command.by && request.denial.code === command.code
          ? E.right(nothing)
          : E.left(wrongState(request))
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'failed':
      case 'withdrawn':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Takes a request back before the removal has begun, or after it failed without a call to any holder. */
export const withdraw =
  (command: Withdraw): Decision<NotSubmitter | JoinedByOthers | HolderCalled | WrongState> =>
  request => {
    if (command.reach === 'own' && request.submittedBy !== command.by) return E.left({ _tag: 'NotSubmitter' })
    switch (request.state) {
      case 'pendingApproval':
      case 'approved':
      case 'failed':
        if (request.state === 'pendingApproval' && isTimeUp(request, command.at)) return E.left(expired)
        if (isAnyCalled(request.holders)) return E.left({ _tag: 'HolderCalled' })
        if (command.reach === 'own' && request.joins.some(({ by }) => by !== command.by))
          return E.left({ _tag: 'JoinedByOthers' })
        return E.right(
          record(request, [{ type: 'removalWithdrawn', at: command.at, data: { by: command.by } }]),
        )
      case 'withdrawn':
        return request.withdrawal.by === command.by ? E.right(nothing) : E.left(wrongState(request))
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'denied':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/**
 * Ends a failed request that is not to be retried, though a holder was called and may have removed something. A repeat is the
 * same person with the same code.
 */
export const close =
  (command: Close): Decision<NoteRequired | NoHolderCalled | WrongState> =>
  request => {
    if (command.code === 'other' && command.note === null) return E.left({ _tag: 'NoteRequired' })
    switch (request.state) {
      case 'failed':
        return isAnyCalled(request.holders)
          ? E.right(record(request, [abandoned(request, command)]))
          : E.left({ _tag: 'NoHolderCalled' })
      case 'abandoned':
        return request.abandonment.by === command.by && request.abandonment.code === command.code
          ? E.right(nothing)
          : E.left(wrongState(request))
      case 'pendingApproval':
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'denied':
      case 'withdrawn':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Takes a failed request up again, where it failed and with the holders that are not done yet. */
export const retry =
  (command: Retry): Decision<WrongState> =>
  request => {
    switch (request.state) {
      case 'failed':
        return E.right(
          record(request, [{ type: 'removalRetried', at: command.at, data: { by: command.by } }]),
        )
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
        return request.retriedBy === command.by ? E.right(nothing) : E.left(wrongState(request))
      case 'pendingApproval':
      case 'denied':
      case 'withdrawn':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** What a decision that comes too late is refused with: the same before and after a worker has ended the request. */
const expired: WrongState = { _tag: 'WrongState', state: 'expired' }

const deadlinesOf = (command: Submit): { readonly dueAt: Instant; readonly expiresAt: Instant | null } => {
  const due = dueAt(command.calendar, command.receivedAt)
  return { dueAt: due, expiresAt: expiryOf(command.at, due, command.expiresAfterDays) }
}

/** What an earlier receipt moves. It never gives more time to answer, whatever the calendar says by now; approvers keep theirs. */
const movedBy = (
  request: RemovalRequest,
  { calendar }: Join,
  receivedAt: Instant,
): { readonly receivedAt: Instant; readonly dueAt: Instant } => {
  const recomputed = dueAt(calendar, receivedAt)
  return { receivedAt, dueAt: recomputed < request.dueAt ? recomputed : request.dueAt }
}

const approvedAt = (at: Instant, approvals: number): Happening => ({
  type: 'removalApproved',
  at,
  data: { approvals },
})

const abandoned = ({ holders }: RemovalRequest, { by, code, note, lastLook, at }: Close): Happening => ({
  type: 'removalAbandoned',
  at,
  data: {
    by,
    code,
    note,
    effects: 'possible',
    lastLook: holders.map(
      ({ name: holder }) => lastLook.find(look => look.holder === holder) ?? { holder, result: 'notLooked' },
    ),
  },
})

const approvalEvents = (request: RemovalRequest, command: Approve): Events => {
  const approvers = [...request.approvals.map(approval => approval.by), command.by]
  return record(request, [
    { type: 'approvalGiven', at: command.at, data: { by: command.by } },
    ...(isApproved(request.policy, request.submittedBy, approvers)
      ? [approvedAt(command.at, approvers.length)]
      : []),
  ])
}
