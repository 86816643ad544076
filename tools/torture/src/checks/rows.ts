import {
  ActorReference,
  BatchId,
  Envelope,
  Hash,
  Instant,
  RemovalRequestId,
  RemovalState,
  type SealedEvent,
  TenantId,
  UserId,
} from '@lethe/domain'
import * as t from 'io-ts'
import { made } from '../made.js'
import type { Database } from '../world/database.js'
import type { Connection, QueuedJob, StoredBatch, StoredRequest } from './seen.js'

type AsOwner = Database['asOwner']

const RequestRow = t.strict({
  tenant_id: TenantId,
  request_id: RemovalRequestId,
  version: t.number,
  head_hash: Hash,
  state: RemovalState,
  batch_id: t.union([BatchId, t.null]),
  joined: t.readonlyArray(BatchId),
  due_at: Instant,
  subject: t.union([UserId, t.null]),
  ended_as: t.union([RemovalRequestId, t.null]),
  people: t.readonlyArray(t.strict({ reference: ActorReference, identity: UserId })),
  events: t.readonlyArray(
    t.strict({
      sequence: t.number,
      schema_version: t.number,
      type: t.string,
      at: t.string,
      data: t.UnknownRecord,
      previous_hash: t.union([Hash, t.null]),
      hash: Hash,
    }),
  ),
})

/** All requests with all of their rows, read past everything that Lethe does to read them. */
export const storedRequests = async (
  asOwner: AsOwner,
): Promise<ReadonlyMap<RemovalRequestId, StoredRequest>> => {
  const rows = await asOwner(`
    select r.tenant_id, r.request_id, r.version, encode(r.head_hash, 'hex') as head_hash, r.state, r.batch_id,
      array(
        select m.batch_id from lethe.batch_member m where m.tenant_id = r.tenant_id and m.request_id = r.request_id
      ) as joined,
      to_char(r.due_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as due_at,
      s.user_id as subject, s.ended_as,
      (
        select coalesce(jsonb_agg(jsonb_build_object('reference', a.reference, 'identity', a.identity)), '[]')
        from lethe.removal_actor a where a.tenant_id = r.tenant_id and a.request_id = r.request_id
      ) as people,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'sequence', e.sequence, 'schema_version', e.schema_version, 'type', e.type,
          'at', to_char(e.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'data', e.data,
          'previous_hash', encode(e.previous_hash, 'hex'), 'hash', encode(e.hash, 'hex')
        ) order by e.sequence), '[]')
        from lethe.removal_event e where e.tenant_id = r.tenant_id and e.request_id = r.request_id
      ) as events
    from lethe.removal_request r
    left join lethe.removal_subject s on s.tenant_id = r.tenant_id and s.request_id = r.request_id`)
  return new Map(rows.map(row => made(RequestRow, row)).map(row => [row.request_id, storedRequest(row)]))
}

const storedRequest = (row: t.TypeOf<typeof RequestRow>): StoredRequest => ({
  tenantId: row.tenant_id,
  requestId: row.request_id,
  version: row.version,
  headHash: row.head_hash,
  state: row.state,
  batch: row.batch_id,
  joined: row.joined,
  dueAt: row.due_at,
  subject: row.subject,
  endedAs: row.ended_as,
  people: new Map(row.people.map(({ reference, identity }) => [reference, identity])),
  events: row.events.map((event): SealedEvent => ({
    envelope: made(Envelope, {
      schemaVersion: event.schema_version,
      tenantId: row.tenant_id,
      requestId: row.request_id,
      sequence: event.sequence,
      previousHash: event.previous_hash,
      type: event.type,
      at: event.at,
      data: event.data,
    }),
    hash: event.hash,
  })),
})

const BatchRow = t.strict({
  tenant_id: TenantId,
  batch_id: BatchId,
  maker: ActorReference,
  closed_with: t.union([Hash, t.null]),
})

/** All batches. */
export const storedBatches = async (asOwner: AsOwner): Promise<ReadonlyArray<StoredBatch>> =>
  (
    await asOwner(`
      select b.tenant_id, b.batch_id, b.maker, encode(c.digest, 'hex') as closed_with
      from lethe.batch b
      left join lethe.batch_closed c on c.tenant_id = b.tenant_id and c.batch_id = b.batch_id`)
  )
    .map(row => made(BatchRow, row))
    .map(({ tenant_id, batch_id, maker, closed_with }) => ({
      tenantId: tenant_id,
      id: batch_id,
      maker,
      closedWith: closed_with,
    }))

const RequestId = t.strict({ request_id: RemovalRequestId })

/** Requests of which there are rows that belong to none: what is written together must be there together. */
export const strayRequests = async (asOwner: AsOwner): Promise<ReadonlyArray<RemovalRequestId>> =>
  (
    await asOwner(`
      select distinct request_id from (
        select tenant_id, request_id from lethe.removal_event
        union all select tenant_id, request_id from lethe.removal_subject
        union all select tenant_id, request_id from lethe.removal_actor
        union all select tenant_id, request_id from lethe.removal_note
        union all select tenant_id, request_id from lethe.batch_member
        union all select (data ->> 'tenantId')::uuid, (data ->> 'requestId')::uuid from pgboss.job
      ) as rows
      where not exists (
        select from lethe.removal_request r where r.tenant_id = rows.tenant_id and r.request_id = rows.request_id
      )`)
  ).map(row => made(RequestId, row).request_id)

/** Requests that wait for work for which there is no job, neither waiting nor held nor dead. At no moment may there be any. */
export const joblessRequests = async (asOwner: AsOwner): Promise<ReadonlyArray<RemovalRequestId>> =>
  (
    await asOwner(`
      select request_id from lethe.removal_request r
      where state in ('approved', 'removing', 'verifying') and not exists (
        select from pgboss.job j
        where j.state in ('created', 'retry', 'active') and j.data ->> 'requestId' = r.request_id::text
      )`)
  ).map(row => made(RequestId, row).request_id)

const JobRow = t.strict({ queue: t.string, state: t.string, request_id: RemovalRequestId })

/** The jobs that wait or are held. */
export const waitingJobs = async (asOwner: AsOwner): Promise<ReadonlyArray<QueuedJob>> => {
  const rows = await asOwner(`
    select name as queue, state::text as state, data ->> 'requestId' as request_id
    from pgboss.job where state in ('created', 'retry', 'active')`)
  return rows
    .map(row => made(JobRow, row))
    .map(({ queue, state, request_id }) => ({ queue, state, requestId: request_id }))
}

const ConnectionRow = t.strict({ name: t.string, state: t.string, seconds: t.number })

/** The connections of Lethe, past and present. */
export const letheConnections = async (asOwner: AsOwner): Promise<ReadonlyArray<Connection>> =>
  (
    await asOwner(`
      select application_name as name, coalesce(state, '') as state,
        coalesce(extract(epoch from pg_catalog.clock_timestamp() - state_change), 0)::float8 as seconds
      from pg_stat_activity where usename = 'torture_app'`)
  ).map(row => made(ConnectionRow, row))

const TypeRow = t.strict({ type: t.string })

/** The types of the events of a request, in order; null where the database does not answer. */
export const eventTypesNow =
  (asOwner: AsOwner) =>
  async (tenantId: TenantId, requestId: RemovalRequestId): Promise<ReadonlyArray<string> | null> => {
    try {
      const rows = await asOwner(
        'select type from lethe.removal_event where tenant_id = $1 and request_id = $2 order by sequence',
        [tenantId, requestId],
      )
      return rows.map(row => made(TypeRow, row).type)
    } catch {
      return null
    }
  }
