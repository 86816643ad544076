import type { KeysUnavailable, TokenRefusal } from '@lethe/adapter-entra'
import type {
  ApproveRemovalRefusal,
  BatchChanged,
  BatchNotFound,
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
import type { AccessDenied, CallerUnrecognised, RemovalState } from '@lethe/domain'
import { type GraphErrorRow, graphErrors } from '@lethe/graph-contract'

/** A request is answered with an error. */
export interface ErrorAnswer {
  readonly _tag: 'ErrorAnswer'
  readonly row: GraphErrorRow
  readonly retryAfterSeconds: number | null
  /** Why, for the log: a word of ours that names nobody. */
  readonly reason: string
}

export const errorAnswer = (
  row: GraphErrorRow,
  reason: string,
  retryAfterSeconds: number | null = null,
): ErrorAnswer => ({ _tag: 'ErrorAnswer', row, reason, retryAfterSeconds })

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
    case 'AudienceInvalid':
      return errorAnswer(graphErrors.audienceInvalid, refusal._tag)
    case 'CallerUnrecognised':
    case 'NotInbound':
    case 'SelfApproval':
    case 'GuestApproval':
    case 'NotSubmitter':
    case 'NotBatchMaker':
      return errorAnswer(graphErrors.requestDenied, refusal._tag)
    case 'AccessDenied':
      return errorAnswer(graphErrors.requestDenied, refusal.reason)
    case 'WireRefusal':
      return errorAnswer(refusal.row, refusal.row.code)
    case 'BadInput':
      return errorAnswer(graphErrors.badRequest(refusal.message), refusal._tag)
    case 'ReceivedInFuture':
      return errorAnswer(graphErrors.badRequest('receivedDateTime is in the future.'), refusal._tag)
    case 'NoteRequired':
      return errorAnswer(graphErrors.badRequest("A denial with the code 'other' needs a note."), refusal._tag)
    case 'InvalidPageToken':
      return errorAnswer(graphErrors.badRequest('Malformed query option: $skiptoken.'), refusal._tag)
    case 'ProfileNotFound':
      return errorAnswer(graphErrors.resourceNotFound(refusal.userId), refusal._tag)
    case 'RequestNotFound':
    case 'BatchNotFound':
      return errorAnswer(graphErrors.resourceNotFound(refusal.id), refusal._tag)
    case 'WrongState':
      return errorAnswer(graphErrors.conflict(conflictMessage(refusal.state)), refusal._tag)
    case 'BatchClosed':
      return errorAnswer(
        graphErrors.conflict('The batch was decided: nothing is added to it any more. Begin another one.'),
        refusal._tag,
      )
    case 'NothingWaits':
      return errorAnswer(graphErrors.conflict('Nothing in the batch waits for approval.'), refusal._tag)
    case 'BatchChanged':
      return errorAnswer(
        graphErrors.conflict(
          'The batch is not the one of that digest: requests were added to it. Look at it again.',
        ),
        refusal._tag,
      )
    case 'Throttled':
      return errorAnswer(graphErrors.throttled, refusal._tag, refusal.retryAfterSeconds)
    case 'KeysUnavailable':
    case 'Unavailable':
      return errorAnswer(graphErrors.serviceNotAvailable, refusal._tag, refusal.retryAfterSeconds)
  }
}

const conflictMessage = (state: RemovalState): string =>
  `The removal request is in the state '${state}', in which this cannot be done.`
