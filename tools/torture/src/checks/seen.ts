import type { BatchResource } from '@lethe/api-contract'
import type {
  ActorReference,
  BatchId,
  Hash,
  Instant,
  RemovalRequestId,
  RemovalState,
  SealedEvent,
  TenantId,
  UserId,
} from '@lethe/domain'
import type { Tampered } from '../assault/tampering.js'
import type { Acknowledgement } from '../load/acknowledgements.js'
import type { BatchAttempt, MadeBatch } from '../load/batches.js'
import type { Effect, HolderCall } from '../world/ledger.js'

/** A request as the database holds it. */
export interface StoredRequest {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  readonly version: number
  readonly headHash: Hash
  readonly state: RemovalState
  /** The batch that it was submitted with, as it is found by it; null for none. */
  readonly batch: BatchId | null
  /** The batches that it is found in because it joined them. */
  readonly joined: ReadonlyArray<BatchId>
  readonly dueAt: Instant
  readonly events: ReadonlyArray<SealedEvent>
  /** Whom it is about; null where that was erased. */
  readonly subject: UserId | null
  /** Whether the row of its subject says that it has ended. */
  readonly endedAs: RemovalRequestId | null
  /** The people behind the references of its history. */
  readonly people: ReadonlyMap<ActorReference, UserId>
}

/** A batch as the database holds it. */
export interface StoredBatch {
  readonly tenantId: TenantId
  readonly id: BatchId
  readonly maker: ActorReference
  /** Of what was in it when it was closed; null while it is open. */
  readonly closedWith: Hash | null
}

/** What the API says of a request; null where it says nothing. */
export interface ServedRequest {
  readonly state: string | null
  readonly intact: boolean | null
  readonly version: number | null
}

/** What the API says of a batch. */
export interface ServedBatch extends Omit<MadeBatch, 'maker'> {
  /** To its own tenant; null where it says nothing. */
  readonly here: Pick<BatchResource, 'count' | 'digest' | 'states'> | null
  /** Whether it says anything to another tenant. */
  readonly elsewhere: boolean
}

/** A job that the queue holds, and that is neither done nor given up. */
export interface QueuedJob {
  readonly queue: string
  readonly state: string
  readonly requestId: RemovalRequestId
}

/** A connection of Lethe to the database. */
export interface Connection {
  readonly name: string
  readonly state: string
  /** For how long it has been in that state, in seconds. */
  readonly seconds: number
}

/** Everything that the checks look at, as it stood at one moment at which nothing was going on. */
export interface Seen {
  readonly acknowledged: ReadonlyArray<Acknowledgement>
  readonly stored: ReadonlyMap<RemovalRequestId, StoredRequest>
  /** Requests of which there are rows of some kind, but not the request itself. */
  readonly stray: ReadonlyArray<RemovalRequestId>
  /** Requests that at some moment waited for work and had no job. */
  readonly jobless: ReadonlyArray<RemovalRequestId>
  readonly served: ReadonlyMap<RemovalRequestId, ServedRequest>
  /** Requests that somebody tampered with, as they stood then. */
  readonly tampered: ReadonlyMap<RemovalRequestId, Tampered>
  readonly batches: ReadonlyArray<ServedBatch>
  readonly storedBatches: ReadonlyArray<StoredBatch>
  readonly batchAttempts: ReadonlyArray<BatchAttempt>
  readonly calls: ReadonlyArray<HolderCall>
  readonly effects: ReadonlyArray<Effect>
  readonly jobs: ReadonlyArray<QueuedJob>
  readonly connections: ReadonlyArray<Connection>
  readonly mostConnections: number
}

/** The batches that a request is found in. */
export const batchesOfStored = ({ batch, joined }: StoredRequest): ReadonlyArray<BatchId> => [
  ...(batch === null ? [] : [batch]),
  ...joined,
]

/** The events of a request by type and actor, without reading more of them than that. */
export const typesOf = ({ events }: StoredRequest): ReadonlyArray<string> =>
  events.map(({ envelope }) => envelope.type)
