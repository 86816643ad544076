import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { type BatchId, Hash, RemovalRequestId, TenantId } from './identifiers.js'
import { PositiveInteger } from './positive-integer.js'
import { RemovalEvent } from './removal-event.js'
import { type RemovalRequest, replay } from './removal-request.js'
import { Instant } from './time.js'

/** The version in which events are written now. Older ones are read for ever. */
export const currentSchemaVersion = 1

/**
 * An event as it is stored: with the version of its form, and tied to the one before it. The hash of the event covers
 * all of this, in canonical JSON (RFC 8785).
 */
export const Envelope = t.strict(
  {
    schemaVersion: PositiveInteger,
    tenantId: TenantId,
    requestId: RemovalRequestId,
    sequence: PositiveInteger,
    /** The hash of the event before; null for the first. */
    previousHash: t.union([Hash, t.null]),
    type: t.string,
    at: Instant,
    data: t.UnknownRecord,
  },
  'Envelope',
)
export type Envelope = t.TypeOf<typeof Envelope>

/** A stored event and its hash. */
export const SealedEvent = t.strict({ envelope: Envelope, hash: Hash }, 'SealedEvent')
export type SealedEvent = t.TypeOf<typeof SealedEvent>

/** Hashes an envelope: SHA-256 over its canonical JSON. It comes from outside, because the domain does no hashing. */
export type EnvelopeDigest = (envelope: Envelope) => Hash

/** Where a chain ends. Stored apart from it, it shows a tail that was cut off. */
export interface ChainHead {
  readonly sequence: number
  readonly hash: Hash
}

/**
 * Ties events to a chain.
 *
 * @param head the end of the chain so far; null for a new one.
 * @param events the next ones, in order.
 */
export const seal =
  (digest: EnvelopeDigest) =>
  (head: ChainHead | null, events: ReadonlyArray<RemovalEvent>): ReadonlyArray<SealedEvent> => {
    const sealed: Array<SealedEvent> = []
    let previousHash = head?.hash ?? null
    for (const happened of events) {
      const envelope: Envelope = { schemaVersion: currentSchemaVersion, previousHash, ...happened }
      const hash = digest(envelope)
      sealed.push({ envelope, hash })
      previousHash = hash
    }
    return sealed
  }

/** The chain is not the one that was written. */
export interface BrokenChain {
  readonly _tag: 'BrokenChain'
  /** The position, from 1, of the first event that does not fit. */
  readonly position: number
  readonly reason:
    | 'outOfSequence'
    | 'anotherRequest'
    | 'previousHashDiffers'
    | 'contentDiffers'
    | 'headDiffers'
    /** The head has no seal: it was written by an earlier version, or by somebody without the key. */
    | 'headNotSealed'
    /** The seal of the head is of another head, or of no key that is known. */
    | 'headSealDiffers'
}

/**
 * Checks that a history is complete and unchanged.
 *
 * @param of the request whose history it is to be.
 * @param head the end of the chain as it was stored apart.
 * @param events all events of one request, in order.
 * @returns the head; or the first place that does not fit, and why.
 */
export const verifyChain =
  (digest: EnvelopeDigest) =>
  (
    of: Pick<Envelope, 'tenantId' | 'requestId'>,
    head: ChainHead,
    events: ReadonlyArray<SealedEvent>,
  ): E.Either<BrokenChain, ChainHead> => {
    const end = verifyNext(digest)(of, null, events)
    if (E.isLeft(end)) return end
    return head.sequence === events.length && head.hash === end.right?.hash
      ? E.right(head)
      : broken(events.length, 'headDiffers')
  }

/**
 * Checks that events go on where a chain ended, for whoever reads a history part by part.
 *
 * @param before the end of what was checked before; null where nothing was.
 * @param events the next events of the request, in order.
 * @returns the new end, null where there is none yet; or the first place that does not fit, and why.
 */
export const verifyNext =
  (digest: EnvelopeDigest) =>
  (
    of: Pick<Envelope, 'tenantId' | 'requestId'>,
    before: ChainHead | null,
    events: ReadonlyArray<SealedEvent>,
  ): E.Either<BrokenChain, ChainHead | null> => {
    let end = before
    for (const { envelope, hash } of events) {
      const position = (end?.sequence ?? 0) + 1
      if (envelope.sequence !== position) return broken(position, 'outOfSequence')
      if (envelope.requestId !== of.requestId || envelope.tenantId !== of.tenantId)
        return broken(position, 'anotherRequest')
      if (envelope.previousHash !== (end?.hash ?? null)) return broken(position, 'previousHashDiffers')
      if (digest(envelope) !== hash) return broken(position, 'contentDiffers')
      end = { sequence: position, hash }
    }
    return E.right(end)
  }

const broken = (position: number, reason: BrokenChain['reason']): E.Either<BrokenChain, never> =>
  E.left({ _tag: 'BrokenChain', position, reason })

/** A stored event that this version cannot read. */
export interface UnreadableEvent {
  readonly _tag: 'UnreadableEvent'
  readonly schemaVersion: number
  readonly sequence: number
}

/**
 * Reads a stored event, from any version that was ever written.
 *
 * Each older version has its own upcaster here; there is none yet.
 */
export const readEvent = (envelope: Envelope): E.Either<UnreadableEvent, RemovalEvent> =>
  envelope.schemaVersion === currentSchemaVersion
    ? pipe(
        RemovalEvent.decode(envelope),
        E.mapLeft(() => unreadable(envelope)),
      )
    : E.left(unreadable(envelope))

const unreadable = (envelope: Envelope): UnreadableEvent => ({
  _tag: 'UnreadableEvent',
  schemaVersion: envelope.schemaVersion,
  sequence: envelope.sequence,
})

/** Why a request cannot be read. */
export type UnreadableReason =
  | BrokenChain['reason']
  /** There is a request, and no event of it. */
  | 'noEvents'
  /** An event is of a type or a form that this version does not know. */
  | 'unreadableEvent'
  /** An event does not fit the ones before it. */
  | 'corruptHistory'

/** A request whose history cannot be read, and what is known of it all the same. Nothing is done with it. */
export interface UnreadableRequest {
  readonly state: 'unreadable'
  readonly id: RemovalRequestId
  readonly tenantId: TenantId
  readonly batch: BatchId | null
  readonly dueAt: Instant
  readonly reason: UnreadableReason
}

/** A request as a store has it. */
export type StoredRequest = RemovalRequest | UnreadableRequest

/**
 * Reads the state of a request from its stored history.
 *
 * @param digest null where the hashes need not be made anew: then only that the chain ends at its head is checked.
 * @param of the request whose history it is to be.
 * @param head the end of the chain as it was stored apart.
 */
export const readStored =
  (digest: EnvelopeDigest | null) =>
  (
    of: Pick<Envelope, 'tenantId' | 'requestId'>,
    head: ChainHead,
    events: ReadonlyArray<SealedEvent>,
  ): E.Either<UnreadableReason, RemovalRequest> => {
    const last = events.at(-1)
    if (last === undefined) return E.left('noEvents')
    const chain = digest === null ? E.right(head) : verifyChain(digest)(of, head, events)
    if (E.isLeft(chain)) return E.left(chain.left.reason)
    const read: Array<RemovalEvent> = []
    for (const { envelope } of events) {
      const event = readEvent(envelope)
      if (E.isLeft(event)) return E.left('unreadableEvent')
      read.push(event.right)
    }
    const request = replay(read)
    if (E.isLeft(request)) return E.left('corruptHistory')
    const { id, tenantId, version } = request.right
    if (id !== of.requestId || tenantId !== of.tenantId) return E.left('anotherRequest')
    return version === head.sequence && last.hash === head.hash ? request : E.left('headDiffers')
  }
