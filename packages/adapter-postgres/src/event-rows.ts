import type { HistorySeals } from '@lethe/application'
import {
  BatchId,
  type ChainHead,
  type EnvelopeDigest,
  Hash,
  type Instant,
  instantFromMilliseconds,
  readStored,
  type RemovalEvent,
  type RemovalRequest,
  RemovalRequestId,
  seal,
  SealedEvent,
  TenantId,
  type UnreadableReason,
  type UnreadableRequest,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import { Defect } from './problems.js'

/**
 * The columns of a request and of an event of it, for a query that names `removal_request` r and joins `removal_event` e to it
 * from the left: a request without events is there all the same.
 */
export const requestColumns = `
  r.tenant_id, r.request_id, r.version as head_sequence, r.head_hash, r.head_seal, r.due_at, r.batch_id,
  r.unreadable_at is not null as marked,
  e.sequence, e.schema_version, e.type, e.at, e.data, e.previous_hash, e.hash`

/** Joins the events to requests: for a query that names `removal_request` r. */
export const joinedEvents =
  'left join lethe.removal_event e on e.tenant_id = r.tenant_id and e.request_id = r.request_id'

const bytes = new t.Type<Uint8Array, string, unknown>(
  'bytes',
  (u): u is Uint8Array => u instanceof Uint8Array,
  (u, context) => (u instanceof Uint8Array ? t.success(u) : t.failure(u, context)),
  toHex,
)
/** A column of type `timestamptz`. */
export const dateColumn = new t.Type<Date, string, unknown>(
  'a date',
  (u): u is Date => u instanceof Date,
  (u, context) => (u instanceof Date ? t.success(u) : t.failure(u, context)),
  at => at.toISOString(),
)

/** So deep the data of no event goes, by far. */
const deepest = 20

/** JSON of finite numbers: PostgreSQL takes larger ones than there are here. */
const isSound = (u: unknown, depth: number): boolean => {
  if (typeof u === 'number') return Number.isFinite(u)
  return (
    typeof u !== 'object' ||
    u === null ||
    (depth > 0 && Object.values(u).every(one => isSound(one, depth - 1)))
  )
}
const eventData = t.refinement(t.UnknownRecord, data => isSound(data, deepest), 'the data of an event')

const EventRow = t.strict({
  sequence: t.number,
  schema_version: t.number,
  type: t.string,
  at: dateColumn,
  data: eventData,
  previous_hash: t.union([bytes, t.null]),
  hash: bytes,
})

/** What each row has, with an event or without one. */
const RowOfRequest = t.strict({
  request_id: RemovalRequestId,
  sequence: t.union([t.number, t.null]),
})

/** What all rows of a request say alike. */
const RequestRow = t.strict({
  tenant_id: TenantId,
  head_sequence: t.number,
  head_hash: bytes,
  head_seal: t.union([t.string, t.null]),
  due_at: dateColumn,
  batch_id: t.union([BatchId, t.null]),
  marked: t.boolean,
})

/** A history as it was read, and what stands beside it. */
export interface ReadHistory {
  readonly tenantId: TenantId
  readonly id: RemovalRequestId
  /** Up to the first one, if any, of which not even the form can be read. */
  readonly events: ReadonlyArray<SealedEvent>
  /** Whether there is such a one. */
  readonly isCut: boolean
  readonly head: ChainHead
  readonly seal: string | null
  readonly dueAt: Instant
  readonly batch: BatchId | null
  /** Whether it could not be read when it was last looked at. */
  readonly marked: boolean
}

/** A request as it was read: its state, and the end of its chain. */
export interface ReadRequest {
  readonly request: RemovalRequest
  readonly head: ChainHead
}

/** A request as it was read, readable or not. */
export type ReadStored = ReadRequest | { readonly request: UnreadableRequest }

export const isReadable = (read: ReadStored): read is ReadRequest => read.request.state !== 'unreadable'

/** What the database holds and Lethe never wrote: somebody changed it by hand, or a newer version did. */
const unreadable = (what: string): Defect => new Defect(`The database holds ${what} that cannot be read`)

export const decodedRow = <A>(codec: t.Type<A, unknown, unknown>, u: unknown): A => {
  const decoded = codec.decode(u)
  if (E.isLeft(decoded)) throw unreadable(codec.name)
  return decoded.right
}

/** Reads rows of events, which come grouped by request and in sequence, into histories in the order of the requests. */
export const historiesIn = (rows: ReadonlyArray<unknown>): ReadonlyArray<ReadHistory> => {
  const histories: Array<ReadHistory & { readonly events: Array<SealedEvent>; isCut: boolean }> = []
  for (const row of rows) {
    const { request_id: id, sequence } = decodedRow(RowOfRequest, row)
    if (id !== histories.at(-1)?.id) {
      const columns = decodedRow(RequestRow, row)
      histories.push({
        tenantId: columns.tenant_id,
        id,
        events: [],
        isCut: false,
        head: { sequence: columns.head_sequence, hash: decodedRow(Hash, toHex(columns.head_hash)) },
        seal: columns.head_seal,
        dueAt: instantFromMilliseconds(columns.due_at.getTime()),
        batch: columns.batch_id,
        marked: columns.marked,
      })
    }
    const history = histories.at(-1)
    if (history === undefined || sequence === null || history.isCut) continue
    const event = sealedEventIn(history, row)
    if (E.isRight(event)) history.events.push(event.right)
    else history.isCut = true
  }
  return histories
}

const sealedEventIn = (
  { tenantId, id: requestId }: ReadHistory,
  row: unknown,
): E.Either<unknown, SealedEvent> =>
  pipe(
    EventRow.decode(row),
    E.flatMap(columns =>
      SealedEvent.decode({
        envelope: {
          schemaVersion: columns.schema_version,
          tenantId,
          requestId,
          sequence: columns.sequence,
          previousHash: columns.previous_hash === null ? null : toHex(columns.previous_hash),
          type: columns.type,
          at: instantFromMilliseconds(columns.at.getTime()),
          data: columns.data,
        },
        hash: toHex(columns.hash),
      }),
    ),
  )

export type OnUnreadable = (request: UnreadableRequest) => void

/** What it takes to check a history to the end: the hashes of its events, and the seal of its head. */
export interface Checking {
  readonly digest: EnvelopeDigest
  readonly seals: HistorySeals
  /** Told of each request whose history could be read when it was last looked at, and cannot any more. */
  readonly onUnreadable: OnUnreadable
}

/**
 * Reads rows of events into the requests that they fold to.
 *
 * @param checking null where a look at each event will do.
 */
export const requestsIn = (
  rows: ReadonlyArray<unknown>,
  checking: Checking | null,
): ReadonlyArray<ReadStored> => historiesIn(rows).map(history => storedIn(history, checking))

export const storedIn = (history: ReadHistory, checking: Checking | null): ReadStored => {
  const { tenantId, id, dueAt, batch, head } = history
  const read = foldOf(history, checking?.digest ?? null)
  const reason = E.isLeft(read) ? read.left : checking === null ? null : sealProblem(history, checking.seals)
  return E.isRight(read) && reason === null
    ? { request: read.right, head }
    : {
        request: {
          state: 'unreadable',
          id,
          tenantId,
          batch,
          dueAt,
          reason: reason ?? 'corruptHistory',
        },
      }
}

/** What a history folds to, or why it cannot be read. An event without a form, wherever it stands, is none that Lethe wrote. */
export const foldOf = (
  { tenantId, id, head, events, isCut }: ReadHistory,
  digest: EnvelopeDigest | null,
): E.Either<UnreadableReason, RemovalRequest> => {
  const read = readStored(digest)({ tenantId, requestId: id }, head, events)
  return isCut && E.isRight(read) ? E.left('corruptHistory') : read
}

/** What is wrong with the seal of a head; null where nothing is. */
export const sealProblem = (
  { tenantId, id, head, seal }: Pick<ReadHistory, 'tenantId' | 'id' | 'head' | 'seal'>,
  seals: HistorySeals,
): 'headNotSealed' | 'headSealDiffers' | null => {
  if (seal === null) return 'headNotSealed'
  return seals.isSealed({ tenantId, requestId: id, ...head }, seal) ? null : 'headSealDiffers'
}

/** Events to be written, the end of the chain after them and its seal, and when the last one happened. */
export interface WrittenEvents {
  readonly rows: ReadonlyArray<object>
  readonly head: ChainHead
  readonly seal: string
  readonly at: Instant
}

/** The columns of `jsonb_to_recordset` that read what `writtenEvents` wrote. */
export const eventRecord = 'n int, sv smallint, ty text, at timestamptz, d jsonb, p text, h text'

/** Seals events onto a chain, as rows of JSON with short names: a group of them is one parameter. */
export const writtenEvents = (
  { digest, seals }: Checking,
  {
    tenantId,
    requestId,
    events,
  }: {
    readonly tenantId: TenantId
    readonly requestId: RemovalRequestId
    readonly events: ReadonlyArray<RemovalEvent>
  },
  head: ChainHead | null,
): WrittenEvents => {
  const sealed = seal(digest)(head, events)
  const last = sealed.at(-1)
  if (last === undefined) throw new Defect('There is an event to write')
  const end = { sequence: last.envelope.sequence, hash: last.hash }
  return {
    rows: sealed.map(({ envelope, hash }) => ({
      n: envelope.sequence,
      sv: envelope.schemaVersion,
      ty: envelope.type,
      at: envelope.at,
      d: envelope.data,
      p: envelope.previousHash,
      h: hash,
    })),
    head: end,
    seal: seals.seal({ tenantId, requestId, ...end }),
    at: last.envelope.at,
  }
}

/**
 * Where a request stands, as columns of the projection.
 *
 * @param at when the last event happened: a job that is due at once is due then.
 */
export const projectionOf = (request: RemovalRequest, at: Instant) => ({
  v: request.version,
  st: request.state,
  due: request.dueAt,
  ex: request.state === 'pendingApproval' ? request.expiresAt : null,
  job: 'job' in request ? (request.job.notBefore ?? at) : null,
})

/** A column of rows. */
export const columnIn = <A>(
  name: string,
  codec: t.Type<A, unknown, unknown>,
  rows: ReadonlyArray<unknown>,
): ReadonlyArray<A> => rows.map(row => decodedRow(codec, decodedRow(t.UnknownRecord, row)[name]))

function toHex(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
}
