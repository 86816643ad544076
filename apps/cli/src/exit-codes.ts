import { graphExitCodes } from './graph/graph-refusal.js'
import type { Refusal, SingleRefusal } from './refusal.js'

/**
 * 0 done, 1 failed, 2 usage, 3 not found, 4 sign-in or permission, 5 throttled or unavailable: try again later,
 * 6 ended otherwise, 7 the wait ran out; 130 interrupted, as shells have it (128 + SIGINT). A watch of all requests takes
 * an interruption for its end, and never refuses with it.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 130

/** The exit code of each refusal. */
const exitCodes: Record<SingleRefusal['_tag'], ExitCode> = {
  UsageMistake: 2,
  ConfirmationImpossible: 2,
  InsecureServer: 2,
  NotConfirmed: 1,
  NoToken: 4,
  UnknownContext: 2,
  NotLoggedIn: 4,
  ForeignSignIn: 4,
  SignInExpired: 4,
  SignInUnreachable: 5,
  NoSignInOffered: 4,
  UntrustedAuthority: 4,
  ServerNotKnown: 2,
  SignInImpossible: 2,
  SignInCancelled: 4,
  SignInFailed: 4,
  UnsafeFile: 4,
  UnreadableFile: 1,
  FileFailed: 1,
  MalformedToken: 4,
  TokenExpired: 4,
  // What the server calls a bad request is a value that the operator typed.
  Rejected: 2,
  NotSignedIn: 4,
  NotPermitted: 4,
  NotFound: 3,
  Conflict: 1,
  Throttled: 5,
  Unavailable: 5,
  ServerFailed: 1,
  Unreachable: 5,
  TimedOut: 5,
  ProxyFailed: 5,
  ProxyMalformed: 2,
  UnexpectedAnswer: 1,
  ForeignNextLink: 1,
  HistoryBroken: 1,
  RemovalFailed: 1,
  EndedOtherwise: 6,
  WaitRanOut: 7,
  FileUnusable: 2,
  ResultsOfOther: 2,
  FileChanged: 2,
  LeftOver: 1,
  MayNot: 4,
  BatchIsOther: 1,
  BatchOfOther: 4,
  NotAllDecided: 1,
  Interrupted: 130,
  // Whoever closed the pipe has what they wanted.
  OutputClosed: 0,
  OutputFailed: 1,
  ...graphExitCodes,
}

/** The exit code of a refusal; of several, the one that all of them share, or else 1. */
export const exitCodeOf = (refusal: Refusal): ExitCode => {
  if (refusal._tag !== 'SeveralRefused') return exitCodes[refusal._tag]
  const codes = new Set(refusal.refusals.map(each => exitCodes[each.refusal._tag]))
  const [first] = codes
  if (codes.has(130)) return 130
  return codes.size === 1 && first !== undefined ? first : 1
}

/** Whether the same call may well succeed later. */
export const isPassing = (refusal: SingleRefusal): boolean => exitCodes[refusal._tag] === 5
