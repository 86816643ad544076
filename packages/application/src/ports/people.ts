import type {
  ActorReference,
  AppId,
  NoteReference,
  RemovalRequestId,
  Salt,
  SubjectCommitment,
  TenantId,
  UserId,
} from '@lethe/domain'
import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from './problems.js'

/**
 * Somebody who acts on requests, within a tenant. People are the same when their object ids are: the application that
 * they came through does not count.
 */
export type Actor =
  | { readonly kind: 'person'; readonly userId: UserId; readonly appId: AppId | null }
  | { readonly kind: 'application'; readonly appId: AppId }

/** Resolves the reference that stands for an actor in the history of one request. */
export interface ActorRecord {
  readonly reference: ActorReference
  readonly actor: Actor
}

/** Resolves the commitment that stands for the data subject of one request. */
export interface SubjectRecord {
  readonly commitment: SubjectCommitment
  readonly userId: UserId
  readonly salt: Salt
  readonly homeTenantId: TenantId
}

/** A person, and the salt under which they were committed to. */
export type ResolvedSubject = Pick<SubjectRecord, 'userId' | 'salt'>

/** Resolves the reference that stands for a text in the history of one request. */
export interface NoteRecord {
  readonly reference: NoteReference
  readonly text: string
}

/** How many references an erasure cut. */
export interface Erasure {
  readonly erased: number
  /** References of requests that are still open: those are needed until the request has ended. */
  readonly kept: number
}

/** Who acted: the one place where a reference to an actor can be resolved. Rows come with `RemovalRequests`. */
export interface Actors {
  /** The reference under which somebody has already acted on a request; none where they have not. */
  readonly referenceOf: (
    tenantId: TenantId,
    requestId: RemovalRequestId,
    actor: Actor,
  ) => TaskEither<Unavailable, Option<ActorReference>>
  /** Whom the references stand for. Unknown, erased and other tenants' references are left out. */
  readonly resolve: (
    tenantId: TenantId,
    references: ReadonlyArray<ActorReference>,
  ) => TaskEither<Unavailable, ReadonlyMap<ActorReference, Actor>>
  /** Forgets an actor in every request of the tenant that has ended. The histories stay as they are. */
  readonly erase: (tenantId: TenantId, actor: Actor) => TaskEither<Unavailable, Erasure>
}

/** Whom requests are about: the one place where a commitment can be resolved. Rows come with `RemovalRequests`. */
export interface Subjects {
  /**
   * What the store has for the commitments: the one who acts on it recomputes the commitment, see `personOf`. Unknown, erased and other
   * tenants' commitments are left out.
   */
  readonly resolve: (
    tenantId: TenantId,
    commitments: ReadonlyArray<SubjectCommitment>,
  ) => TaskEither<Unavailable, ReadonlyMap<SubjectCommitment, ResolvedSubject>>
  /**
   * Forgets a data subject in every request of the tenant that has ended, and the notes of those requests with them.
   * The histories stay as they are.
   */
  readonly erase: (tenantId: TenantId, userId: UserId) => TaskEither<Unavailable, Erasure>
}

/** What people wrote about requests, apart from the history because it may name somebody. */
export interface Notes {
  /** The texts of the references. Unknown, erased and other tenants' references are left out. */
  readonly resolve: (
    tenantId: TenantId,
    references: ReadonlyArray<NoteReference>,
  ) => TaskEither<Unavailable, ReadonlyMap<NoteReference, string>>
}
