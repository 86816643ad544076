import * as E from 'fp-ts/lib/Either.js'
import { isApproved } from './approval.js'
import type {
  Expire,
  Fail,
  RecordBlock,
  RecordHolderResult,
  RecordReadBack,
  RemovalResult,
  Start,
} from './commands.js'
import { type Decision, type Events, nothing, record } from './deciding.js'
import type { HolderName } from './identifiers.js'
import {
  type NotApproved,
  type NotExpiring,
  type UnknownHolder,
  wrongState,
  type WrongState,
} from './refusals.js'
import {
  type AbsenceRule,
  delayAfter,
  type HolderProgress,
  isDone,
  outcomeOf,
  type RetrySchedule,
  settledFailure,
} from './removal-plan.js'
import type { Happening } from './removal-event.js'
import {
  absentBefore,
  countedSince,
  evolve,
  type Failed,
  isTimeUp,
  oneMoreAbsence,
  type RemovalRequest,
  type Removing,
  type Verifying,
} from './removal-request.js'
import { addSeconds, type Instant, secondsBetween } from './time.js'

/** Ends a request that nobody decided in time. */
export const expire =
  (command: Expire): Decision<NotExpiring | WrongState> =>
  request => {
    switch (request.state) {
      case 'pendingApproval':
        return isTimeUp(request, command.at)
          ? E.right(record(request, [{ type: 'requestExpired', at: command.at, data: {} }]))
          : E.left({ _tag: 'NotExpiring' })
      case 'expired':
        return E.right(nothing)
      case 'approved':
      case 'removing':
      case 'verifying':
      case 'completed':
      case 'failed':
      case 'denied':
      case 'withdrawn':
      case 'abandoned':
        return E.left(wrongState(request))
    }
  }

/**
 * Begins the removal: from here on it cannot be withdrawn. The approvals are checked once more, because a worker has
 * no caller to check.
 *
 * @param command `holders`: those that are configured now. With none there is nobody to ask, and the request fails.
 */
export const start =
  (command: Start): Decision<NotApproved | WrongState> =>
  request => {
    switch (request.state) {
      case 'approved':
        if (!hasItsApprovals(request)) return E.left({ _tag: 'NotApproved' })
        return E.right(
          command.holders.length === 0
            ? record(request, [
                {
                  type: 'removalFailed',
                  at: command.at,
                  data: { reason: 'holderNotConfigured', holder: null },
                },
              ])
            : record(request, [
                {
                  type: 'removalStarted',
                  at: command.at,
                  data: {
                    holders: command.holders,
                    absenceLooks: command.absence.looks,
                    absenceSeconds: command.absence.seconds,
                  },
                },
              ]),
        )
      case 'removing':
      case 'verifying':
      case 'completed':
        return E.right(nothing)
      case 'pendingApproval':
      case 'failed':
      case 'denied':
      case 'withdrawn':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Records how asking a holder to remove ended; fails the request when that was the last one that could still work. */
export const recordHolderResult =
  (command: RecordHolderResult): Decision<UnknownHolder | WrongState> =>
  request => {
    switch (request.state) {
      case 'removing':
        return withHolder(request, command.holder, holder =>
          holder.state === 'pending'
            ? settled(request, holderResult(request, holder, command), command.at)
            : nothing,
        )
      case 'verifying':
      case 'completed':
        return withHolder(request, command.holder, () => nothing)
      case 'failed':
        return isRecorded(request, command) ? E.right(nothing) : E.left(wrongState(request))
      case 'pendingApproval':
      case 'approved':
      case 'denied':
      case 'withdrawn':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Records a read-back; completes the request when no holder is left to read. */
export const recordReadBack =
  (command: RecordReadBack): Decision<UnknownHolder | WrongState> =>
  request => {
    switch (request.state) {
      case 'verifying':
        return withHolder(request, command.holder, holder =>
          holder.state === 'cleared'
            ? settled(request, readBackEvents(request, holder, command), command.at)
            : nothing,
        )
      case 'completed':
        return withHolder(request, command.holder, () => nothing)
      case 'failed':
        return request.resumes === 'verifying' && isRecorded(request, command)
          ? E.right(nothing)
          : E.left(wrongState(request))
      case 'removing':
      case 'pendingApproval':
      case 'approved':
      case 'denied':
      case 'withdrawn':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** So long is a block not worth another word in the history, in seconds: half of the time after which a job counts as lost. */
const blockToldSeconds = 12 * 3600

/** Records that nothing can be done at a holder for anybody. A block that was recorded a moment ago is a repeat. */
export const recordBlock =
  (command: RecordBlock): Decision<UnknownHolder | WrongState> =>
  request => {
    switch (request.state) {
      case 'removing':
      case 'verifying':
        return withHolder(request, command.holder, ({ name, blocked }) =>
          blocked?.by === command.blockedBy && secondsBetween(blocked.at, command.at) < blockToldSeconds
            ? nothing
            : record(request, [
                {
                  type: 'holderBlocked',
                  at: command.at,
                  data: { holder: name, blockedBy: command.blockedBy, retryAt: command.retryAt },
                },
              ]),
        )
      case 'pendingApproval':
      case 'approved':
      case 'completed':
      case 'failed':
      case 'denied':
      case 'withdrawn':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

/** Ends the work on a request for a reason that no holder gave. */
export const fail =
  (command: Fail): Decision<WrongState> =>
  request => {
    switch (request.state) {
      case 'approved':
      case 'removing':
      case 'verifying':
        return E.right(
          record(request, [
            { type: 'removalFailed', at: command.at, data: { reason: command.reason, holder: null } },
          ]),
        )
      case 'failed':
        return request.failure.reason === command.reason ? E.right(nothing) : E.left(wrongState(request))
      case 'pendingApproval':
      case 'completed':
      case 'denied':
      case 'withdrawn':
      case 'abandoned':
      case 'expired':
        return E.left(wrongState(request))
    }
  }

const hasItsApprovals = (request: RemovalRequest): boolean =>
  isApproved(
    request.policy,
    request.submittedBy,
    request.approvals.map(approval => approval.by),
  )

const withHolder = (
  request: RemovalRequest,
  name: HolderName,
  events: (holder: HolderProgress) => Events,
): E.Either<UnknownHolder, Events> => {
  const holder = request.holders.find(candidate => candidate.name === name)
  return holder === undefined ? E.left({ _tag: 'UnknownHolder' }) : E.right(events(holder))
}

/** Whether a failed request has recorded that very answer of the holder: then the command is a repeat. */
const isRecorded = (
  request: Failed,
  { holder: name, result }: RecordHolderResult | RecordReadBack,
): boolean => request.holders.some(holder => holder.name === name && isAnswered(holder, result))

const isAnswered = (holder: HolderProgress, result: RemovalResult | RecordReadBack['result']): boolean => {
  switch (result.kind) {
    case 'removed':
      return holder.state === 'cleared' || isDone(holder)
    case 'absent':
      return holder.state === 'cleared' || holder.state === 'verifiedAbsent'
    case 'notSupported':
      return holder.state === 'acceptedOnly'
    case 'failed':
      return holder.failure === result.reason
    case 'retryLater':
    case 'unknownOutcome':
    case 'present':
    case 'unknown':
      return false
  }
}

const holderResult = (request: Removing, holder: HolderProgress, command: RecordHolderResult): Happening => {
  const { result, answer, called, at } = command
  switch (result.kind) {
    case 'removed':
    case 'absent':
      return { type: 'holderCleared', at, data: { holder: holder.name, result: result.kind, called } }
    case 'failed':
      return {
        type: 'holderFailed',
        at,
        data: { holder: holder.name, reason: result.reason, called, ...answer },
      }
    case 'retryLater':
      return attemptFailed(request, holder, command, 'retryLater', result.afterSeconds ?? 0)
    case 'unknownOutcome':
      return attemptFailed(request, holder, command, 'unknownOutcome', 0)
  }
}

const attemptFailed = (
  request: Removing,
  holder: HolderProgress,
  { schedule, answer, called, at }: RecordHolderResult,
  reason: 'retryLater' | 'unknownOutcome',
  atLeastSeconds: number,
): Happening => {
  const wait = Math.max(delayAfter(schedule, holder.tries + 1), atLeastSeconds)
  const retryAt = nextTry(request, holder.name, schedule, at, wait)
  return retryAt === null
    ? {
        type: 'holderFailed',
        at,
        data: { holder: holder.name, reason: 'holderUnavailable', called, ...answer },
      }
    : { type: 'holderAttemptFailed', at, data: { holder: holder.name, reason, called, retryAt, ...answer } }
}

/**
 * When to try again. One job is for all holders, so it waits for the one that asked for the longest wait; but never past the
 * moment at which trying is given up, whatever a holder asks for. The time for which the holder was blocked does not count.
 *
 * @param waitSeconds from `at` on.
 * @returns null once that moment has come.
 */
export const nextTry = (
  request: Removing | Verifying,
  holder: HolderName,
  schedule: RetrySchedule,
  at: Instant,
  waitSeconds: number,
): Instant | null => {
  const lastTry = addSeconds(countedSince(request, holder, at), schedule.giveUpAfterSeconds)
  const next = notBefore(request, addSeconds(at, waitSeconds))
  if (at >= lastTry) return null
  return next < lastTry ? next : lastTry
}

/** One job is for all holders: it comes no earlier than any of them asked for. */
const notBefore = ({ job }: Removing | Verifying, wanted: Instant): Instant =>
  job.notBefore !== null && job.notBefore > wanted ? job.notBefore : wanted

/** When to look again at a holder that was just found to have nothing; null where that was the last look that the rule asks for. */
const nextLook = (request: Verifying, progress: HolderProgress, command: RecordReadBack): Instant | null => {
  const { at } = command
  const { looks, seconds }: AbsenceRule = request.absence
  const seen = oneMoreAbsence(absentBefore(progress, command), at)
  const enough = addSeconds(seen.since, seconds)
  if (seen.looks < looks) return notBefore(request, addSeconds(at, seconds / (looks - 1)))
  return looks === 1 || at >= enough ? null : notBefore(request, enough)
}

const readBackEvents = (request: Verifying, progress: HolderProgress, command: RecordReadBack): Happening => {
  const { holder, result, answer, removalRepeated, at } = command
  switch (result.kind) {
    case 'failed':
      return {
        type: 'holderFailed',
        at,
        data: { holder, reason: result.reason, called: removalRepeated, ...answer },
      }
    case 'absent': {
      const nextAt = nextLook(request, progress, command)
      return nextAt === null
        ? { type: 'readBackRecorded', at, data: { holder, result: 'absent', removalRepeated, nextAt } }
        : { type: 'absenceSeen', at, data: { holder, removalRepeated, nextAt } }
    }
    case 'notSupported':
      return {
        type: 'readBackRecorded',
        at,
        data: { holder, result: result.kind, removalRepeated, nextAt: null },
      }
    case 'present':
      return notGoneYet(request, progress, command, 'present', 0)
    case 'unknown':
      return notGoneYet(request, progress, command, 'unknown', result.afterSeconds ?? 0)
  }
}

const notGoneYet = (
  request: Verifying,
  holder: HolderProgress,
  { answer, removalRepeated, schedule, at }: RecordReadBack,
  result: 'present' | 'unknown',
  atLeastSeconds: number,
): Happening => {
  const wait = Math.max(delayAfter(schedule, holder.tries + 1), atLeastSeconds)
  const nextAt = nextTry(request, holder.name, schedule, at, wait)
  const reason = result === 'present' ? 'stillPresent' : 'holderUnavailable'
  return nextAt === null
    ? { type: 'holderFailed', at, data: { holder: holder.name, reason, called: removalRepeated, ...answer } }
    : {
        type: 'readBackRecorded',
        at,
        data: { holder: holder.name, result, removalRepeated, nextAt, ...answer },
      }
}

/** What happened to one holder, and the end of the request where that was the last that was open. */
const settled = (request: Removing | Verifying, happening: Happening, at: Instant): Events => {
  const events = record(request, [happening])
  const after = events.reduce<RemovalRequest | null>(evolve, request)
  if (after === null || (after.state !== 'removing' && after.state !== 'verifying')) return events
  const ending = endingOf(after, at)
  return ending === null ? events : [...events, ...record(after, [ending])]
}

const endingOf = (request: Removing | Verifying, at: Instant): Happening | null => {
  const failure = settledFailure(request.holders, request.state === 'removing' ? 'pending' : 'cleared')
  if (failure !== null) return { type: 'removalFailed', at, data: failure }
  const outcome = request.state === 'verifying' ? outcomeOf(request.holders) : null
  return outcome === null ? null : { type: 'removalCompleted', at, data: { outcome } }
}
