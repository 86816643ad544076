import type {
  ActorReference,
  EnvelopeDigest,
  Instant,
  NoteReference,
  RemovalRequestId,
  Salt,
  SubjectCommitment,
  TenantId,
  UserId,
} from '@lethe/domain'

/** What time it is. */
export interface Clock {
  readonly now: () => Instant
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
