import type { RemovalRequest, RemovalState } from './removal-request.js'

/** The profile's home is the very tenant that it would be removed from. */
export interface NotInbound {
  readonly _tag: 'NotInbound'
}
/** The person cannot have asked later than now. */
export interface ReceivedInFuture {
  readonly _tag: 'ReceivedInFuture'
}
/** The person asked over a year ago, which is most likely a mistake, and nobody has confirmed it. */
export interface ReceivedLongAgo {
  readonly _tag: 'ReceivedLongAgo'
}
/** There is a request of that id. */
export interface AlreadySubmitted {
  readonly _tag: 'AlreadySubmitted'
}
/** There is no request of that id. */
export interface NotSubmitted {
  readonly _tag: 'NotSubmitted'
}
/** The one who submitted the request may not approve it (four eyes). The one who joined it may. */
export interface SelfApproval {
  readonly _tag: 'SelfApproval'
}
/** Guests of the resource tenant do not approve. */
export interface GuestApproval {
  readonly _tag: 'GuestApproval'
}
/** The code `other` says why in a note. */
export interface NoteRequired {
  readonly _tag: 'NoteRequired'
}
/** The caller may withdraw only requests that they submitted, and this is another's. */
export interface NotSubmitter {
  readonly _tag: 'NotSubmitter'
}
/** Others asked for the same: what they asked for does not end because the first one takes it back. An approver may withdraw it. */
export interface JoinedByOthers {
  readonly _tag: 'JoinedByOthers'
}
/** A holder may have removed something: the request can be retried or closed, and no longer withdrawn. */
export interface HolderCalled {
  readonly _tag: 'HolderCalled'
}
/** No holder was called, so that nothing was removed: the request can be retried or withdrawn, and is not for closing. */
export interface NoHolderCalled {
  readonly _tag: 'NoHolderCalled'
}
/** The request is in a state in which that cannot be done. */
export interface WrongState {
  readonly _tag: 'WrongState'
  readonly state: RemovalState
}
/** The request does not expire, or not yet. */
export interface NotExpiring {
  readonly _tag: 'NotExpiring'
}
/** The approvals that the policy asks for are not there. */
export interface NotApproved {
  readonly _tag: 'NotApproved'
}
/** The plan of the request has no such holder. */
export interface UnknownHolder {
  readonly _tag: 'UnknownHolder'
}

export const wrongState = (request: RemovalRequest): WrongState => ({
  _tag: 'WrongState',
  state: request.state,
})

/** Every refusal of a decision. */
export type RemovalRefusal =
  | NotInbound
  | ReceivedInFuture
  | ReceivedLongAgo
  | AlreadySubmitted
  | NotSubmitted
  | SelfApproval
  | GuestApproval
  | NoteRequired
  | NotSubmitter
  | JoinedByOthers
  | HolderCalled
  | NoHolderCalled
  | WrongState
  | NotExpiring
  | NotApproved
  | UnknownHolder
