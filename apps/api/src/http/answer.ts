import type { KeysUnavailable, TokenRefusal } from '@lethe/adapter-entra'
import type {
  ApproveRemovalRefusal,
  BatchChanged,
  BatchNotFound,
  CloseRemovalRefusal,
  NothingWaits,
  DenyRemovalRefusal,
  InvalidPageToken,
  ProfileNotFound,
  RequestNotFound,
  RetryRemovalRefusal,
  SubmitRemovalRefusal,
  Throttled,
  Unavailable,
  WithdrawRemovalRefusal,
} from '@lethe/application'
import type { AccessDenied, BlockedBy, CallerUnrecognised, RemovalState } from '@lethe/domain'
import { type ErrorReason, type GraphErrorRow, graphErrors } from '@lethe/graph-contract'

/** A request is answered with an error. */
export interface ErrorAnswer {
  readonly _tag: 'ErrorAnswer'
  readonly row: GraphErrorRow
  readonly retryAfterSeconds: number | null
  /** Why, for the log: a word of ours that names nobody. */
  readonly reason: string
  /** Why, for the caller; null where the row says it all. */
  readonly told: ErrorReason | null
}

export const errorAnswer = (
  row: GraphErrorRow,
  reason: string,
  retryAfterSeconds: number | null = null,
): ErrorAnswer => ({ _tag: 'ErrorAnswer', row, reason, retryAfterSeconds, told: null })

/** An answer that tells the caller, too, why. */
const telling = (row: GraphErrorRow, reason: string, missing: string | null = null): ErrorAnswer => ({
  ...errorAnswer(row, reason),
  told: { reason, missing },
})

/** A request without a usable bearer token. */
export interface TokenMissing {
  readonly _tag: 'TokenMissing'
}

/** A body or a query option that cannot be taken; the message is ours and holds nothing that was sent. */
export interface BadInput {
  readonly _tag: 'BadInput'
  readonly message: string
}

/** A row of the published error table that was found out on the way. */
export interface WireRefusal {
  readonly _tag: 'WireRefusal'
  readonly row: GraphErrorRow
}

/** Everything that a request can be refused for. */
export type Refusal =
  | TokenMissing
  | TokenRefusal
  | KeysUnavailable
  | CallerUnrecognised
  | AccessDenied
  | WireRefusal
  | BadInput
  | SubmitRemovalRefusal
  | ApproveRemovalRefusal
  | DenyRemovalRefusal
  | WithdrawRemovalRefusal
  | RetryRemovalRefusal
  | CloseRemovalRefusal
  | ProfileNotFound
  | RequestNotFound
  | BatchNotFound
  | BatchChanged
  | NothingWaits
  | InvalidPageToken
  | Throttled
  | Unavailable

/** The one table from a refusal to its answer: a new refusal without a row does not compile. */
export const answerOf = (refusal: Refusal): ErrorAnswer => {
  switch (refusal._tag) {
    case 'TokenMissing':
      return errorAnswer(graphErrors.accessTokenEmpty, refusal._tag)
    case 'TokenNotWellFormed':
      return errorAnswer(graphErrors.tokenNotWellFormed, refusal._tag)
    case 'TokenInvalid':
      return errorAnswer(graphErrors.tokenInvalid, refusal._tag)
    case 'TokenExpired':
      return errorAnswer(graphErrors.tokenExpired, refusal._tag)
    case 'TokenNotYetValid':
      return errorAnswer(graphErrors.tokenNotYetValid, refusal._tag)
    case 'AudienceInvalid':
      return errorAnswer(graphErrors.audienceInvalid, refusal._tag)
    case 'CallerUnrecognised':
      return telling(graphErrors.requestDenied, 'callerUnrecognised')
    case 'NotInbound':
      return telling(graphErrors.requestDenied, 'notInbound')
    case 'SelfApproval':
      return telling(graphErrors.requestDenied, 'selfApproval')
    case 'GuestApproval':
      return telling(graphErrors.requestDenied, 'guestNotAllowed')
    case 'NotSubmitter':
      return telling(graphErrors.requestDenied, 'notSubmitter')
    case 'NotBatchMaker':
      return telling(graphErrors.requestDenied, 'notBatchMaker')
    case 'AccessDenied':
      return telling(graphErrors.requestDenied, refusal.reason, refusal.missing)
    case 'WireRefusal':
      return errorAnswer(refusal.row, refusal.row.code)
    case 'BadInput':
      return errorAnswer(graphErrors.badRequest(refusal.message), refusal._tag)
    case 'ReceivedInFuture':
      return telling(graphErrors.badRequest('receivedDateTime is in the future.'), 'receivedInFuture')
    case 'ReceivedLongAgo':
      return telling(
        graphErrors.badRequest(
          'receivedDateTime is over a year ago. Check it. Where it is right, send "receivedConfirmed": true as well.',
        ),
        'receivedNotConfirmed',
      )
    case 'NoteRequired':
      return telling(graphErrors.badRequest("The code 'other' needs a note."), 'noteRequired')
    case 'InvalidPageToken':
      return errorAnswer(graphErrors.badRequest('Malformed query option: $skiptoken.'), refusal._tag)
    case 'ProfileNotFound':
      return errorAnswer(graphErrors.resourceNotFound(refusal.userId), refusal._tag)
    case 'RequestNotFound':
    case 'BatchNotFound':
      return errorAnswer(graphErrors.resourceNotFound(refusal.id), refusal._tag)
    case 'WrongState':
      return telling(graphErrors.conflict(conflictMessage(refusal.state)), 'wrongState')
    case 'JoinedByOthers':
      return telling(
        graphErrors.conflict(
          'Others asked for the removal too. An approver can withdraw it, or deny it while it waits for approval.',
        ),
        'joinedByOthers',
      )
    case 'HolderCalled':
      return telling(
        graphErrors.conflict(
          'A data holder was called, so that data may have been removed. Retry the removal request or close it.',
        ),
        'holderCalled',
      )
    case 'NoHolderCalled':
      return telling(
        graphErrors.conflict(
          'No data holder was called, so that nothing was removed. Retry the removal request or withdraw it.',
        ),
        'noHolderCalled',
      )
    case 'BatchClosed':
      return telling(
        graphErrors.conflict('The batch was decided: nothing is added to it any more. Begin another one.'),
        'batchClosed',
      )
    case 'NothingWaits':
      return telling(graphErrors.conflict('Nothing in the batch waits for approval.'), 'nothingWaits')
    case 'RequestUnreadable':
      return telling(
        graphErrors.conflict(
          'The history of the removal request cannot be read, or was changed: nothing is done with it. An operator runs lethe-api check.',
        ),
        'requestUnreadable',
      )
    case 'SubjectDiffers':
      return telling(
        graphErrors.conflict(
          'The store names another person than the removal request is about: nothing is done with it. An operator runs lethe-api check.',
        ),
        'subjectDiffers',
      )
    case 'BatchChanged':
      return telling(
        graphErrors.conflict(
          'The batch is not the one of that digest: requests were added to it. Look at it again.',
        ),
        'batchChanged',
      )
    case 'Throttled':
      return errorAnswer(graphErrors.throttled, refusal._tag, refusal.retryAfterSeconds)
    case 'KeysUnavailable':
      return errorAnswer(graphErrors.serviceNotAvailable, refusal._tag, refusal.retryAfterSeconds)
    case 'Unavailable': {
      const answer = errorAnswer(graphErrors.serviceNotAvailable, refusal._tag, refusal.retryAfterSeconds)
      return refusal.blockedBy === undefined
        ? answer
        : { ...answer, told: { reason: blockedReasons[refusal.blockedBy], missing: null } }
    }
  }
}

/** Why Graph cannot be asked for anybody of a tenant. */
const blockedReasons: Record<BlockedBy, string> = {
  credential: 'graphCredential',
  permission: 'graphPermission',
}

const conflictMessage = (state: RemovalState): string =>
  `The removal request is in the state '${state}', in which this cannot be done.`
