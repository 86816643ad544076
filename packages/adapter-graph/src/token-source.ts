import type { ActorReference, RemovalRequestId, TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** Why there is no token for Graph. */
export type TokenProblem =
  /** Somebody has to sign in again, or an administrator has to put the credential right. */
  | { readonly _tag: 'SignInRequired' }
  /** The issuer is down, or asked to wait. */
  | { readonly _tag: 'TokenUnavailable'; readonly retryAfterSeconds: number | null }

/** A removal that a token is for. */
export interface RemovalInName {
  readonly requestId: RemovalRequestId
  /** Whose sign-in it is done with, where it is done for a person. */
  readonly onBehalfOf: ActorReference | null
}

/** What a token is for. */
export interface TokenRequest {
  readonly tenantId: TenantId
  /** The removal that is called for; null to read, which Lethe does in its own name. */
  readonly removing: RemovalInName | null
  /** What Graph's claims challenge asked for, decoded (JSON); null unless it challenged the token before. */
  readonly claims: string | null
  /** The token that Graph answered 401 to: it is not to be given again. Null unless it did so just now. */
  readonly rejected: string | null
}

/** Gives access tokens for Graph, without the scheme. Where there is no better one than that which was rejected, it gives that. */
export type TokenSource = (request: TokenRequest) => TaskEither<TokenProblem, string>
