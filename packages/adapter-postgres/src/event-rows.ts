import {
  type ChainHead,
  Envelope,
  type EnvelopeDigest,
  Hash,
  type Instant,
  instantFromMilliseconds,
  readEvent,
  type RemovalEvent,
  type RemovalRequest,
  replay,
  seal,
  type SealedEvent,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { Defect } from './problems.js'

/** The columns of an event, for a query that names `removal_event` e and `removal_request` r. */
export const eventColumns = `
  e.tenant_id, e.request_id, e.sequence, e.schema_version, e.type, e.at, e.data, e.previous_hash, e.hash,
  r.version as head_sequence, r.head_hash`

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

const EventRow = t.strict({
  tenant_id: t.string,
  request_id: t.string,
  sequence: t.number,
  schema_version: t.number,
  type: t.string,
  at: dateColumn,
  data: t.UnknownRecord,
  previous_hash: t.union([bytes, t.null]),
  hash: bytes,
  head_sequence: t.number,
  head_hash: bytes,
})

/** A history as it was read. */
export interface ReadHistory {
  readonly events: ReadonlyArray<SealedEvent>
  readonly head: ChainHead
}

/** A request as it was read: its state, and the end of its chain. */
export interface ReadRequest {
  readonly request: RemovalRequest
  readonly head: ChainHead
}

/** What the database holds and Lethe never wrote: somebody changed it by hand, or a newer version did. */
const unreadable = (what: string): Defect => new Defect(`The database holds ${what} that cannot be read`)

export const decodedRow = <A>(codec: t.Type<A, unknown, unknown>, u: unknown): A => {
  const decoded = codec.decode(u)
  if (E.isLeft(decoded)) throw unreadable(codec.name)
  return decoded.right
}

/** Reads rows of events, which come grouped by request and in sequence, into histories in the order of the requests. */
export const historiesIn = (rows: ReadonlyArray<unknown>): ReadonlyArray<ReadHistory> => {
  const histories: Array<{ readonly events: Array<SealedEvent>; readonly head: ChainHead }> = []
  let current: string | null = null
  for (const row of rows) {
    const columns = decodedRow(EventRow, row)
    if (columns.request_id !== current) {
      current = columns.request_id
      histories.push({
        events: [],
        head: { sequence: columns.head_sequence, hash: decodedRow(Hash, toHex(columns.head_hash)) },
      })
    }
    histories.at(-1)?.events.push(sealedEventIn(columns))
  }
  return histories
}

const sealedEventIn = (columns: t.TypeOf<typeof EventRow>): SealedEvent => ({
  envelope: decodedRow(Envelope, {
    schemaVersion: columns.schema_version,
    tenantId: columns.tenant_id,
    requestId: columns.request_id,
    sequence: columns.sequence,
    previousHash: columns.previous_hash === null ? null : toHex(columns.previous_hash),
    type: columns.type,
    at: instantFromMilliseconds(columns.at.getTime()),
    data: columns.data,
  }),
  hash: decodedRow(Hash, toHex(columns.hash)),
})

/** Reads rows of events into the requests that they fold to. */
export const requestsIn = (rows: ReadonlyArray<unknown>): ReadonlyArray<ReadRequest> =>
  historiesIn(rows).map(({ events, head }) => {
    const request = replay(events.map(eventIn))
    if (E.isLeft(request) || request.right.version !== head.sequence || events.at(-1)?.hash !== head.hash)
      throw unreadable('a history')
    return { request: request.right, head }
  })

const eventIn = ({ envelope }: SealedEvent): RemovalEvent => {
  const event = readEvent(envelope)
  if (E.isLeft(event)) throw unreadable('an event')
  return event.right
}

/** Events to be written, the end of the chain after them, and when the last one happened. */
export interface WrittenEvents {
  readonly rows: ReadonlyArray<object>
  readonly head: ChainHead
  readonly at: Instant
}

/** The columns of `jsonb_to_recordset` that read what `writtenEvents` wrote. */
export const eventRecord = 'n int, sv smallint, ty text, at timestamptz, d jsonb, p text, h text'

/** Seals events onto a chain, as rows of JSON with short names: a group of them is one parameter. */
export const writtenEvents = (
  digest: EnvelopeDigest,
  head: ChainHead | null,
  events: ReadonlyArray<RemovalEvent>,
): WrittenEvents => {
  const sealed = seal(digest)(head, events)
  const last = sealed.at(-1)
  if (last === undefined) throw new Defect('There is an event to write')
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
    head: { sequence: last.envelope.sequence, hash: last.hash },
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
