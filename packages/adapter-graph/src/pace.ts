import type { TenantId } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** What a call does to a tenant: Graph counts writes apart from reads. */
export type CallKind = 'read' | 'write'

/** How Graph took a call, as far as its pace is concerned. A call that brought no answer has no feedback. */
export type PaceFeedback =
  /** It answered, and did not ask to slow down. */
  | { readonly kind: 'answered' }
  /** It answered 429; null where it did not say for how long (seconds). */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number | null }

/** The pace at which Graph may be called, for each tenant. */
export interface Pace {
  /**
   * Asks for a turn, once before each request that is sent. It may wait for a few seconds.
   *
   * @returns `Busy` where the next turn lies too far ahead to wait for: then nothing is sent, and nothing is taken.
   */
  readonly beforeCall: (
    tenantId: TenantId,
    kind: CallKind,
  ) => TE.TaskEither<{ readonly _tag: 'Busy'; readonly afterSeconds: number }, void>
  /** Says how Graph took the call. Neither waits nor fails. */
  readonly afterCall: (tenantId: TenantId, kind: CallKind, feedback: PaceFeedback) => void
}

/** Lets every call go at once. */
export const noPace: Pace = {
  beforeCall: () => TE.right(undefined),
  afterCall: () => undefined,
}
