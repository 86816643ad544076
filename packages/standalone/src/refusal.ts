import type { BrokenChain, FailureReason } from '@lethe/domain'

/** Why Graph could not be asked, or what it said no with. */
export type GraphRefusal =
  /** Names of settings and what is expected of them, never a value. */
  | { readonly _tag: 'GraphSettingsWrong'; readonly mistakes: ReadonlyArray<string> }
  | { readonly _tag: 'GraphCredentialMissing' }
  /** `readable`: whether the token says for which tenant it is. */
  | { readonly _tag: 'GraphTokenOfAnotherTenant'; readonly readable: boolean }
  /** The credential no longer holds. */
  | { readonly _tag: 'GraphSignInRequired' }
  /** A permission, a role or consent is missing, or this Graph does not offer the call. */
  | { readonly _tag: 'GraphRefused' }
  | {
      readonly _tag: 'GraphUnavailable'
      readonly retryAfterSeconds: number | null
      /** Why there was no answer: a code such as ECONNREFUSED, or PROXY_407 where a proxy failed. */
      readonly network?: string
    }
  | { readonly _tag: 'GraphProfileNotFound' }
  /** The profile's home is this very tenant. */
  | { readonly _tag: 'GraphProfileNotInbound' }

/** How a removal stood that did not end as verified. */
export type RemovalRefusal =
  | { readonly _tag: 'GraphStillPresent'; readonly seconds: number }
  | { readonly _tag: 'GraphOutcomeUnknown' }
  | { readonly _tag: 'GraphRemovalFailed'; readonly reason: FailureReason }
  /** Nothing is lost: the same command takes it up again. */
  | { readonly _tag: 'GraphRemovalInterrupted' }

/** Why the local history cannot be used. */
export type HistoryRefusal =
  | {
      readonly _tag: 'LocalHistoryUnusable'
      readonly reason: 'noHome' | 'noLocks' | 'openToOthers' | 'failed'
      /** A code of the platform, such as EACCES; null where there is none. */
      readonly code: string | null
    }
  /** Another process writes to it. */
  | { readonly _tag: 'LocalHistoryBusy' }
  | {
      readonly _tag: 'LocalHistoryBroken'
      /** The position of the first entry that does not fit, from 1. */
      readonly position: number
      readonly reason: BrokenChain['reason'] | 'unreadable'
    }

export type StandaloneRefusal = GraphRefusal | RemovalRefusal | HistoryRefusal
