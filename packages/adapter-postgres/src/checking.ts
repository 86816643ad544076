import type { Digest } from '@lethe/application'
import {
  type Instant,
  isOpen,
  readStored,
  type RemovalRequest,
  RemovalRequestId,
  Salt,
  type SubjectCommitment,
  type TenantId,
  type UnreadableReason,
  UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import {
  type Checking,
  columnIn,
  dateColumn,
  decodedRow,
  historiesIn,
  projectionOf,
  type ReadHistory,
  sealProblem,
} from './event-rows.js'
import { byIds } from './reading-requests.js'
import { performQueue, queueSchema } from './queues.js'
import type { TenantTransactions } from './tenant-transactions.js'

/** What can be wrong with a request as it is stored. */
export type FindingKind =
  | UnreadableReason
  /** There are events of it, and no row that keeps the end of their chain: somebody deleted that. */
  | 'requestMissing'
  /** What lists and sweeps find it by is not what its history says. `rebuild` makes it anew. */
  | 'projectionDiffers'
  /** It is open, and whom it is about is not known any more. */
  | 'subjectMissing'
  /** The store names another person than the history commits to. */
  | 'subjectDiffers'
  /** Work is to be done, and no job for it is in the queue. */
  | 'jobMissing'

export interface Finding {
  readonly requestId: RemovalRequestId
  readonly kind: FindingKind
}

/** What a check of some requests found. */
export interface CheckedPart {
  readonly checked: number
  readonly findings: ReadonlyArray<Finding>
  /** Heads that were sealed now. */
  readonly sealed: number
  /** Projections that were made anew. */
  readonly rebuilt: number
  /** Where to go on; null at the end. */
  readonly next: RemovalRequestId | null
}

export interface CheckWish {
  /** Seals heads that have no seal and whose chain is whole: for what an earlier version wrote. */
  readonly seal: boolean
  /** Makes projections anew from histories that can be read. */
  readonly rebuild: boolean
}

/** How many requests are read at a time. */
const atOnce = 500

type Deps = Checking & {
  readonly transactions: TenantTransactions
  readonly commitment: Digest['commitment']
}

/** Checks requests of a tenant against their histories, in the order of their ids: chain, seal, fold, projection, subject and job. */
export const checkPart = async (
  deps: Deps,
  tenantId: TenantId,
  after: RemovalRequestId | null,
  wish: CheckWish,
): Promise<CheckedPart> => {
  const ids = columnIn(
    'request_id',
    RemovalRequestId,
    await deps.transactions.once(tenantId, {
      name: 'check-ids',
      text: `
        select request_id from (
          select request_id from lethe.removal_request where tenant_id = $1
          union
          select request_id from lethe.removal_event where tenant_id = $1 and sequence = 1
        ) as known
        where $2::uuid is null or request_id > $2
        order by request_id limit $3`,
      values: [tenantId, after, atOnce],
    }),
  )
  if (ids.length === 0) return { checked: 0, findings: [], sealed: 0, rebuilt: 0, next: null }
  const histories = historiesIn(await deps.transactions.once(tenantId, byIds(tenantId, ids)))
  const projections = await projectionsOf(deps, tenantId, ids)
  const findings: Array<Finding> = []
  let [sealed, rebuilt] = [0, 0]
  const stored = new Set(histories.map(({ id }) => id))
  for (const requestId of ids)
    if (!stored.has(requestId)) findings.push({ requestId, kind: 'requestMissing' })
  for (const history of histories) {
    const { id: requestId, head } = history
    const found = (kind: FindingKind): void => void findings.push({ requestId, kind })
    const read = readStored(deps.digest)({ tenantId, requestId }, head, history.events)
    if (E.isLeft(read)) {
      found(read.left)
      continue
    }
    const problem = sealProblem(history, deps.seals)
    if (problem === 'headNotSealed' && wish.seal && (await sealHead(deps, history))) sealed += 1
    else if (problem !== null) found(problem)
    const projection = projections.get(requestId)
    if (projection === undefined) continue
    const last = history.events.at(-1)?.envelope.at
    if (last !== undefined && !isSame(projection, read.right, last)) {
      if (wish.rebuild && problem === null && (await rebuild(deps, history, read.right, last))) rebuilt += 1
      else found('projectionDiffers')
    }
    const about = subjectProblem(deps, read.right, projection)
    if (about !== null) found(about)
    if ('job' in read.right && !projection.has_job) found('jobMissing')
  }
  return { checked: ids.length, findings, sealed, rebuilt, next: ids.at(-1) ?? null }
}

const Projection = t.strict({
  request_id: RemovalRequestId,
  state: t.string,
  due_at: dateColumn,
  expires_at: t.union([dateColumn, t.null]),
  job_due_at: t.union([dateColumn, t.null]),
  user_id: t.union([UserId, t.null]),
  salt: t.union([Salt, t.null]),
  has_job: t.boolean,
})
type Projection = t.TypeOf<typeof Projection>

/** What stands beside histories. A job counts as there while it is to be done, being done, or was done a moment ago. */
const projectionsOf = async (
  { transactions }: Deps,
  tenantId: TenantId,
  ids: ReadonlyArray<RemovalRequestId>,
): Promise<ReadonlyMap<RemovalRequestId, Projection>> => {
  const rows = await transactions.once(tenantId, {
    name: 'check-projections',
    text: `
      with job as materialized (
        select distinct data ->> 'requestId' as request_id from ${queueSchema}.job
        where name = '${performQueue}' and data ->> 'tenantId' = $1::text and state < 'completed'
      )
      select request.request_id, request.state, request.due_at, request.expires_at, request.job_due_at,
        subject.user_id, encode(subject.salt, 'hex') as salt, job.request_id is not null as has_job
      from lethe.removal_request request
      left join lethe.removal_subject subject
        on subject.tenant_id = request.tenant_id and subject.request_id = request.request_id
      left join job on job.request_id = request.request_id::text
      where request.tenant_id = $1::uuid and request.request_id = any($2::uuid[])`,
    values: [tenantId, ids],
  })
  return new Map(rows.map(row => decodedRow(Projection, row)).map(row => [row.request_id, row]))
}

/** The moment of a job may be later than the history says: a request that was resumed waits from then on. */
const isSame = (projection: Projection, request: RemovalRequest, last: Instant): boolean => {
  const wanted = projectionOf(request, last)
  const same = (at: Date | null, other: Instant | null): boolean =>
    (at === null ? null : at.toISOString()) === (other === null ? null : new Date(other).toISOString())
  return (
    projection.state === wanted.st &&
    same(projection.due_at, wanted.due) &&
    same(projection.expires_at, wanted.ex) &&
    (projection.job_due_at === null) === (wanted.job === null)
  )
}

const subjectProblem = (
  { commitment }: Deps,
  { state, tenantId, subject }: RemovalRequest,
  { user_id: userId, salt }: Projection,
): 'subjectMissing' | 'subjectDiffers' | null => {
  if (userId === null || salt === null) return isOpen(state) ? 'subjectMissing' : null
  const recomputed: SubjectCommitment = commitment(salt, tenantId, userId)
  return recomputed === subject ? null : 'subjectDiffers'
}

const sealHead = async (
  { transactions, seals }: Deps,
  { tenantId, id, head }: ReadHistory,
): Promise<boolean> =>
  (
    await transactions.once(tenantId, {
      name: 'seal-head',
      text: `
        update lethe.removal_request set head_seal = $4, unreadable_at = null
        where tenant_id = $1 and request_id = $2 and head_hash = decode($3, 'hex') and head_seal is null
        returning request_id`,
      values: [tenantId, id, head.hash, seals.seal({ tenantId, requestId: id, ...head })],
    })
  ).length > 0

const rebuild = async (
  { transactions }: Deps,
  { tenantId, id, head }: ReadHistory,
  request: RemovalRequest,
  last: Instant,
): Promise<boolean> => {
  const { st, due, ex, job } = projectionOf(request, last)
  return (
    (
      await transactions.once(tenantId, {
        name: 'rebuild-projection',
        text: `
          update lethe.removal_request set state = $4, due_at = $5, expires_at = $6, job_due_at = $7
          where tenant_id = $1 and request_id = $2 and head_hash = decode($3, 'hex')
          returning request_id`,
        values: [tenantId, id, head.hash, st, due, ex, job],
      })
    ).length > 0
  )
}
