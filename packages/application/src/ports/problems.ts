import type { BlockedBy } from '@lethe/domain'

/** Something that Lethe depends on is down or does not answer in time; nothing was done. */
export interface Unavailable {
  readonly _tag: 'Unavailable'
  /** Seconds after which it is worth asking again. */
  readonly retryAfterSeconds: number
  /** What an administrator has to put right before it is any use to ask again; left out where it may pass by itself. */
  readonly blockedBy?: BlockedBy
}

/** Something that Lethe depends on asked it to slow down; nothing was done. */
export interface Throttled {
  readonly _tag: 'Throttled'
  /** Seconds to wait for at least. */
  readonly retryAfterSeconds: number
}

/** A page was asked for with a token that this list did not give out. */
export interface InvalidPageToken {
  readonly _tag: 'InvalidPageToken'
}

/** Somebody else appended to the request in the meantime; nothing was appended. */
export interface VersionConflict {
  readonly _tag: 'VersionConflict'
}
