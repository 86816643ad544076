import type { Digest } from '@lethe/application'
import {
  BatchId,
  batchesOf,
  type Instant,
  isOpen,
  type RemovalRequest,
  RemovalRequestId,
  Salt,
  SubjectCommitment,
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
  foldOf,
  historiesIn,
  joinedEvents,
  projectionOf,
  type ReadHistory,
  requestColumns,
  sealProblem,
} from './event-rows.js'
import { readAndMark } from './reading-requests.js'
import { performQueue, queueSchema } from './queues.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

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
  /** It is found in other batches than its history says. */
  | 'batchDiffers'
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
  const rows = await deps.transactions.once(tenantId, partStatement(tenantId, after))
  const known = columnIn('known', RemovalRequestId, rows)
  const stored = rows.filter(row => decodedRow(t.UnknownRecord, row)['request_id'] !== null)
  const projections = new Map(
    stored.map(row => decodedRow(Projection, row)).map(row => [row.request_id, row]),
  )
  const histories = historiesIn(stored)
  const read = histories.map(history => ({
    history,
    request: foldOf(history, deps.digest),
  }))
  const people = await peopleOf(
    deps.transactions,
    tenantId,
    read.flatMap(({ request }) => (E.isRight(request) ? [request.right.subject] : [])),
  )
  const findings: Array<Finding> = known
    .filter(id => !projections.has(id))
    .map(requestId => ({ requestId, kind: 'requestMissing' }))
  let [sealed, rebuilt] = [0, 0]
  for (const { history, request } of read) {
    const found = (kind: FindingKind): void => void findings.push({ requestId: history.id, kind })
    if (E.isLeft(request)) {
      found(request.left)
      continue
    }
    const problem = sealProblem(history, deps.seals)
    if (problem === 'headNotSealed' && wish.seal && (await sealHead(deps, history))) sealed += 1
    else if (problem !== null) found(problem)
    const projection = projections.get(history.id)
    const last = history.events.at(-1)?.envelope.at
    if (projection === undefined || last === undefined) continue
    if (isSame(projection, request.right, last)) {
      if ('job' in request.right && !projection.has_job) found('jobMissing')
    } else if (wish.rebuild && problem === null && (await rebuild(deps, history, request.right, last)))
      rebuilt += 1
    else found('projectionDiffers')
    if (!isInItsBatches(projection, history, request.right)) found('batchDiffers')
    const about = subjectProblem(deps, request.right, people.get(request.right.subject))
    if (about !== null) found(about)
  }
  // Those that can be read are marked no more, and those that cannot are.
  await readAndMark(
    deps,
    tenantId,
    histories.filter(({ seal }) => seal !== null),
    () => true,
  )
  const ids = [...new Set(known)]
  return {
    checked: ids.length,
    findings,
    sealed,
    rebuilt,
    next: ids.length < atOnce ? null : (ids.at(-1) ?? null),
  }
}

/**
 * Requests by key, with their histories and what stands beside them, as all of it stood at one moment: work that goes on meanwhile
 * is nothing wrong. A job counts as there while it is to be done or being done.
 */
const partStatement = (tenantId: TenantId, after: RemovalRequestId | null): Statement => ({
  name: 'check-part',
  text: `
    with known as materialized (
      select request_id, array(
        select batch_id from lethe.batch_member member
        where member.tenant_id = $1 and member.request_id = either.request_id
        order by batch_id
      ) as joined
      from (
        (
          select request_id from lethe.removal_request
          where tenant_id = $1 and ($2::uuid is null or request_id > $2)
          order by request_id
          limit $3
        )
        union
        (
          select request_id from lethe.removal_event
          where tenant_id = $1 and sequence = 1 and ($2::uuid is null or request_id > $2)
          order by request_id
          limit $3
        )
      ) as either
      order by request_id
      limit $3
    ), job as materialized (
      select data ->> 'requestId' as request_id, min(start_after) as due_at from ${queueSchema}.job
      where name = '${performQueue}' and data ->> 'tenantId' = $1::text and state < 'completed' and not blocked
      group by data ->> 'requestId'
    )
    select known.request_id as known, ${requestColumns},
      r.state, r.expires_at, r.job_due_at, known.joined,
      r.job_due_at is not null and exists (
        select from job
        where job.request_id = r.request_id::text and job.due_at < greatest(r.job_due_at, now()) + interval '1 day'
      ) as has_job
    from known
    left join lethe.removal_request r on r.tenant_id = $1 and r.request_id = known.request_id
    ${joinedEvents}
    order by known.request_id, e.sequence`,
  values: [tenantId, after, atOnce],
})

const Projection = t.strict({
  request_id: RemovalRequestId,
  state: t.string,
  due_at: dateColumn,
  expires_at: t.union([dateColumn, t.null]),
  job_due_at: t.union([dateColumn, t.null]),
  joined: t.readonlyArray(BatchId),
  has_job: t.boolean,
})
type Projection = t.TypeOf<typeof Projection>

/** The moment of a job may be later than the history says: a request that was resumed waits from then on, which is not ahead of us. */
const isSame = (projection: Projection, request: RemovalRequest, last: Instant): boolean => {
  const wanted = projectionOf(request, last)
  const same = (at: Date | null, other: Instant | null): boolean =>
    (at === null ? null : at.toISOString()) === (other === null ? null : new Date(other).toISOString())
  return (
    projection.state === wanted.st &&
    same(projection.due_at, wanted.due) &&
    same(projection.expires_at, wanted.ex) &&
    isMomentOfJob(projection.job_due_at, wanted.job)
  )
}

const isMomentOfJob = (stored: Date | null, wanted: Instant | null): boolean =>
  stored === null || wanted === null
    ? stored === wanted
    : stored.getTime() <= Math.max(new Date(wanted).getTime(), Date.now()) + aDayMs

const aDayMs = 86_400_000

const isInItsBatches = ({ joined }: Projection, { batch }: ReadHistory, request: RemovalRequest): boolean =>
  batch === request.batch &&
  joined.join() ===
    batchesOf(request)
      .filter(one => one !== request.batch)
      .toSorted()
      .join()

interface Person {
  readonly userId: UserId
  readonly salt: Salt
}

/** Whom the store knows, by what histories commit to. */
const peopleOf = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  subjects: ReadonlyArray<SubjectCommitment>,
): Promise<ReadonlyMap<SubjectCommitment, Person>> => {
  const rows = await transactions.once(tenantId, {
    name: 'check-subjects',
    text: `
      select encode(commitment, 'hex') as commitment, user_id, encode(salt, 'hex') as salt
      from lethe.removal_subject
      where tenant_id = $1 and commitment = any(array(select decode(one, 'hex') from unnest($2::text[]) as one))`,
    values: [tenantId, subjects],
  })
  return new Map(
    rows
      .map(row => decodedRow(t.strict({ commitment: SubjectCommitment, user_id: UserId, salt: Salt }), row))
      .map(({ commitment, user_id: userId, salt }) => [commitment, { userId, salt }]),
  )
}

const subjectProblem = (
  { commitment }: Deps,
  { state, tenantId, subject }: RemovalRequest,
  person: Person | undefined,
): 'subjectMissing' | 'subjectDiffers' | null => {
  if (person === undefined) return isOpen(state) ? 'subjectMissing' : null
  return commitment(person.salt, tenantId, person.userId) === subject ? null : 'subjectDiffers'
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
