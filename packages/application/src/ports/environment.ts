import type {
  ActorReference,
  ChainHead,
  EnvelopeDigest,
  Instant,
  NoteReference,
  RemovalRequestId,
  Salt,
  SubjectCommitment,
  TenantId,
  UserId,
} from '@lethe/domain'
import type { Option } from 'fp-ts/lib/Option.js'
import type { Task } from 'fp-ts/lib/Task.js'

/** What time it is. */
export interface Clock {
  readonly now: () => Instant
}

/** Bounds how long something is waited for. */
export interface Timer {
  /** @returns what the task gives; none where it takes longer, or fails. A task that takes longer goes on by itself. */
  readonly within: <A>(seconds: number, task: Task<A>) => Task<Option<A>>
}

/** New identifiers and salts, unguessable and never given twice. */
export interface Identifiers {
  /** Sorts after every id that was made before (UUID of version 7, RFC 9562). */
  readonly requestId: () => RemovalRequestId
  readonly actorReference: () => ActorReference
  readonly noteReference: () => NoteReference
  readonly salt: () => Salt
}

/** Cryptographic digests. */
export interface Digest {
  /** SHA-256 over the canonical JSON (RFC 8785) of an envelope. */
  readonly envelope: EnvelopeDigest
  /** HMAC-SHA-256 of a person in a tenant under a salt: the same for the same three, and telling nothing without the salt. */
  readonly commitment: (salt: Salt, tenantId: TenantId, userId: UserId) => SubjectCommitment
}

/** The end of the history of a request. */
export interface HistoryHead extends ChainHead {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
}

/**
 * Seals the heads of histories under a key that the store does not have: hashes alone can be made up by anybody who may write to it.
 */
export interface HistorySeals {
  readonly seal: (head: HistoryHead) => string
  readonly isSealed: (head: HistoryHead, seal: string) => boolean
}
