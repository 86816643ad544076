import type { RemovalRequestResource } from '@lethe/api-contract'
import type { BatchId } from '@lethe/domain'
import type { ErrorReason } from '@lethe/graph-contract'
import type { FileRefusal } from './io.js'
import type { ContextRefusal, LoginRefusal, SignInRefusal } from './sign-in/refusal.js'
import type { GraphRefusal } from './graph/graph-refusal.js'

/** What the server said on refusing. */
export interface ServerAnswer {
  readonly status: number
  /** The OData error code; null where the answer held none. */
  readonly code: string | null
  readonly message: string
  /** Why Lethe refused, in a word of its own; null where it does not say. */
  readonly why: ErrorReason | null
  /** With it the server's operator finds the log line; null where the answer held none. */
  readonly requestId: string | null
  /** How many milliseconds to wait before asking again, as the server says; null where it does not. */
  readonly retryAfter: number | null
}

type Refused<Tag extends string> = { readonly _tag: Tag } & ServerAnswer

/** Why the client could not do a call. */
export type ClientRefusal =
  | Refused<'Rejected'>
  | Refused<'NotSignedIn'>
  | Refused<'NotPermitted'>
  | Refused<'NotFound'>
  | Refused<'Conflict'>
  | Refused<'Throttled'>
  | Refused<'Unavailable'>
  | Refused<'ServerFailed'>
  /** No connection, or none that held. `reason` is a code of the platform, such as ECONNREFUSED. */
  | { readonly _tag: 'Unreachable'; readonly reason: string }
  | { readonly _tag: 'TimedOut'; readonly afterSeconds: number }
  /** The proxy that `variable` names failed itself. `reason` is the status that it answered, or a code of the platform. */
  | { readonly _tag: 'ProxyFailed'; readonly variable: string; readonly reason: string }
  /** What `variable` holds is no URL of a proxy. */
  | { readonly _tag: 'ProxyMalformed'; readonly variable: string }
  /** An answer that Lethe's API does not give. */
  | {
      readonly _tag: 'UnexpectedAnswer'
      readonly status: number
      readonly what: string
      readonly requestId: string | null
    }
  /** The next page is said to be on another server, where the token must not go. */
  | { readonly _tag: 'ForeignNextLink'; readonly origin: string }
  | { readonly _tag: 'Interrupted' }
  | SignInRefusal
  | FileRefusal

/** How a request stood when waiting for it was over. */
type WaitRefusal =
  | { readonly _tag: 'RemovalFailed'; readonly request: RemovalRequestResource }
  | { readonly _tag: 'EndedOtherwise'; readonly request: RemovalRequestResource }
  | { readonly _tag: 'WaitRanOut'; readonly request: RemovalRequestResource; readonly seconds: number }

/** Everything, apart from several at once, that can end a command before it is done. */
export type SingleRefusal =
  | ClientRefusal
  | GraphRefusal
  | WaitRefusal
  | { readonly _tag: 'UsageMistake'; readonly message: string }
  | { readonly _tag: 'NoToken' }
  | ContextRefusal
  | LoginRefusal
  | { readonly _tag: 'MalformedToken' }
  | { readonly _tag: 'TokenExpired' }
  | { readonly _tag: 'InsecureServer'; readonly host: string }
  | { readonly _tag: 'ConfirmationImpossible'; readonly instead: string }
  | { readonly _tag: 'NotConfirmed' }
  | { readonly _tag: 'HistoryBroken'; readonly position: number | null; readonly reason: string | null }
  /** A file cannot be opened, read or written. `reason` is a code of the platform, such as ENOENT. */
  | { readonly _tag: 'FileUnusable'; readonly path: string; readonly reason: string }
  /** What is there is no file of results, or one of another run. */
  | {
      readonly _tag: 'ResultsOfOther'
      readonly path: string
      readonly differs: 'kind' | 'batch' | 'server' | 'tenant' | 'received'
    }
  /** A row that is done was another id when it was. */
  | { readonly _tag: 'FileChanged'; readonly row: number }
  /** Some ids of a file came to nothing; null where there are no results to look into. */
  | { readonly _tag: 'LeftOver'; readonly count: number; readonly path: string | null }
  /** The caller may not do it at all, as the server says. */
  | { readonly _tag: 'MayNot'; readonly operation: string }
  /** The batch does not have the digest that was named. */
  | { readonly _tag: 'BatchIsOther' }
  /** The batch was made by somebody else, who alone may add to it. */
  | { readonly _tag: 'BatchOfOther'; readonly batch: BatchId }
  /** Requests of a batch that were left as they were, and why. */
  | {
      readonly _tag: 'NotAllDecided'
      readonly reasons: ReadonlyArray<{ readonly reason: string; readonly count: number }>
    }
  /** Nobody reads the output any more. */
  | { readonly _tag: 'OutputClosed' }
  /** The output is not whole. `reason` is a code of the platform, such as ENOSPC. */
  | { readonly _tag: 'OutputFailed'; readonly reason: string }

/** A refusal, and what of several things it is about. */
export interface Concerning {
  readonly subject: string
  readonly refusal: SingleRefusal
}

/** Why a command ended before it was done. */
export type Refusal =
  | SingleRefusal
  | { readonly _tag: 'SeveralRefused'; readonly refusals: ReadonlyArray<Concerning> }

export type UsageMistake = Extract<SingleRefusal, { readonly _tag: 'UsageMistake' }>

export const usageMistake = (message: string): UsageMistake => ({ _tag: 'UsageMistake', message })
export const outputClosed: Extract<SingleRefusal, { readonly _tag: 'OutputClosed' }> = {
  _tag: 'OutputClosed',
}
export const interrupted: Extract<SingleRefusal, { readonly _tag: 'Interrupted' }> = { _tag: 'Interrupted' }
