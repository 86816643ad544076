import * as E from 'fp-ts/lib/Either.js'
import { isApproved } from './approval.js'
import type { Approve, Deny, Join, Retry, Submit, Withdraw } from './commands.js'
import { dueAt, expiryOf } from './deadline.js'
import { type Decision, type Events, nothing, placed, record } from './deciding.js'
import {
  type GuestApproval,
  type NoteRequired,
  type NotInbound,
  type NotSubmitter,
  type ReceivedInFuture,
  type SelfApproval,
  wrongState,
  type WrongState,
} from './refusals.js'
import type { Happening } from './removal-event.js'
import { askersOf, batchesOf, isOpen, type RemovalRequest } from './removal-request.js'
import { isInboundTo } from './shared-profile.js'
import type { Instant } from './time.js'

/**
 * Asks for a removal. An automatic policy approves at once. One open request for a profile is the store's to keep,
 * because only it sees them all.
 */
export const submit = (command: Submit): E.Either<NotInbound | ReceivedInFuture, Events> => {
  if (command.receivedAt > command.at) return E.left({ _tag: 'ReceivedInFuture' })
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
  (command: Join): Decision<ReceivedInFuture | WrongState> =>
  request => {
    if (command.receivedAt !== null && command.receivedAt > command.at)
      return E.left({ _tag: 'ReceivedInFuture' })
    const isOfBatch = command.batch !== null && batchesOf(request).includes(command.batch)
    if (!isOpen(request.state)) return isOfBatch ? E.right(nothing) : E.left(wrongState(request))
    const added = {
      ...(command.receivedAt !== null && command.receivedAt < request.receivedAt
        ? movedBy(request, command, command.receivedAt)
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
        return E.right(approvalEvents(request, command))
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'failed':
      case 'denied':
      case 'withdrawn':
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
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Takes a request back before the removal has begun, or after it failed. */
export const withdraw =
  (command: Withdraw): Decision<NotSubmitter | WrongState> =>
  request => {
    if (command.reach === 'own' && request.submittedBy !== command.by) return E.left({ _tag: 'NotSubmitter' })
    switch (request.state) {
      case 'pendingApproval':
      case 'approved':
      case 'failed':
        return E.right(
          record(request, [{ type: 'removalWithdrawn', at: command.at, data: { by: command.by } }]),
        )
      case 'withdrawn':
        return request.withdrawal.by === command.by ? E.right(nothing) : E.left(wrongState(request))
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'denied':
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
      case 'expired':
        return E.left(wrongState(request))
    }
  }

const deadlinesOf = (command: Submit): { readonly dueAt: Instant; readonly expiresAt: Instant | null } => {
  const due = dueAt(command.calendar, command.receivedAt)
  return { dueAt: due, expiresAt: expiryOf(command.at, due, command.expiresAfterDays) }
}

/** The deadlines of a request by an earlier receipt. That never gives anybody more time to answer, whatever the calendar says by now. */
const movedBy = (
  request: RemovalRequest,
  { calendar, expiresAfterDays }: Join,
  receivedAt: Instant,
): { readonly receivedAt: Instant; readonly dueAt: Instant; readonly expiresAt?: Instant } => {
  const recomputed = dueAt(calendar, receivedAt)
  const due = recomputed < request.dueAt ? recomputed : request.dueAt
  const expiresAt =
    request.expiresAt === null
      ? null
      : (expiryOf(request.submittedAt, due, expiresAfterDays) ?? request.expiresAt)
  return { receivedAt, dueAt: due, ...(expiresAt === null ? {} : { expiresAt }) }
}

const approvedAt = (at: Instant, approvals: number): Happening => ({
  type: 'removalApproved',
  at,
  data: { approvals },
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
