import type { ActorReference, Instant, RemovalRequestId, TenantCaller, TenantId } from '@lethe/domain'
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from './problems.js'

/**
 * Lets a worker act on behalf of a person who was signed in when they approved, or retried, a request. Where Lethe acts in its
 * own name, nothing is kept.
 */
export interface SignIns {
  /**
   * Keeps what it takes to act for a caller, in the place of whoever was kept for that request before. A sign-in that allows
   * nothing of the kind is not kept, and that is no error: the removal will say that somebody has to sign in.
   */
  readonly keep: (signIn: {
    readonly tenantId: TenantId
    readonly requestId: RemovalRequestId
    readonly actor: ActorReference
    readonly caller: TenantCaller
  }) => TaskEither<Unavailable, void>
  /** Keeps sign-ins for one decision of many requests: what it takes to act for its caller is got once, for all of them. */
  readonly forMany: () => Pick<SignIns, 'keep'>
}

/** The longest that a sign-in is kept, in seconds: a day. */
export const signInKeptSeconds = 86_400

/** What a sign-in left behind, sealed: nobody but who sealed it can read it. */
export interface SealedSignIn {
  readonly actor: ActorReference
  /** Base64url. */
  readonly sealed: string
  readonly keptAt: Instant
}

/**
 * Sealed sign-ins, one for a request, where every worker finds them. Another tenant's is absent. An append after which a request
 * waits for no job any more, because it ended or failed, erases its sign-in: in the same step.
 */
export interface SealedSignIns {
  /** In the place of the one that is there. */
  readonly put: (
    tenantId: TenantId,
    requestId: RemovalRequestId,
    signIn: SealedSignIn,
  ) => TaskEither<Unavailable, void>
  readonly find: (
    tenantId: TenantId,
    requestId: RemovalRequestId,
  ) => TaskEither<Unavailable, Option<SealedSignIn>>
  readonly erase: (tenantId: TenantId, requestId: RemovalRequestId) => TaskEither<Unavailable, void>
  /** Erases those that were kept before that moment. @returns how many. */
  readonly eraseKeptBefore: (tenantId: TenantId, before: Instant) => TaskEither<Unavailable, number>
}
