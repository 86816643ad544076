import type { Submission, Submitted } from '@lethe/application'
import {
  type EnvelopeDigest,
  type Job,
  jobsOf,
  RemovalRequestId,
  replay,
  type TenantId,
  UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { actorColumns } from './actor-rows.js'
import { type BatchMember, batchRequests, keyOf } from './batches.js'
import {
  columnIn,
  eventRecord,
  projectionOf,
  type ReadRequest,
  writtenEvents,
  type WrittenEvents,
} from './event-rows.js'
import { Defect, isPassing } from './problems.js'
import { readRequests } from './reading-requests.js'
import { take, type TakingDeps } from './taking.js'
import type { Statement, TenantTransactions } from './tenant-transactions.js'

export interface SubmittingDeps extends TakingDeps {
  readonly digest: EnvelopeDigest
}

/** A submission, and what is to be written of it. */
interface Prepared {
  readonly submission: Submission
  readonly read: ReadRequest
  readonly written: WrittenEvents
  readonly jobs: ReadonlyArray<Job>
}

/** How often a submission that lost against an open request is tried again because that one has just ended. */
const mostTries = 3

/**
 * Records submissions of one tenant in one transaction. Each gets its own answer: what conflicts joins, and where the
 * transaction fails because of what one of them holds, they are recorded one by one, so that this one fails alone.
 */
export const submitGroup =
  (deps: SubmittingDeps) =>
  (tenantId: TenantId) =>
  async (submissions: ReadonlyArray<Submission>): Promise<ReadonlyArray<Submitted | Error>> => {
    try {
      return await record(deps, tenantId, submissions.map(prepared(deps.digest)), mostTries)
    } catch (error) {
      if (isPassing(error) || submissions.length === 1) throw error
      return Promise.all(submissions.map(alone(deps, tenantId)))
    }
  }

const alone =
  (deps: SubmittingDeps, tenantId: TenantId) =>
  async (submission: Submission): Promise<Submitted | Error> => {
    try {
      const [submitted] = await record(deps, tenantId, [prepared(deps.digest)(submission)], mostTries)
      return submitted ?? new Defect('A submission has an answer')
    } catch (error) {
      if (error instanceof Error) return error
      throw error
    }
  }

const prepared =
  (digest: EnvelopeDigest) =>
  (submission: Submission): Prepared => {
    const request = replay(submission.events)
    if (E.isLeft(request)) throw new Defect('A submission starts with what was requested')
    const written = writtenEvents(digest, null, submission.events)
    return {
      submission,
      read: { request: request.right, head: written.head },
      written,
      jobs: submission.events.flatMap(jobsOf),
    }
  }

const record = async (
  deps: SubmittingDeps,
  tenantId: TenantId,
  group: ReadonlyArray<Prepared>,
  triesLeft: number,
): Promise<ReadonlyArray<Submitted>> => {
  const taken = await take(
    deps,
    tenantId,
    insertion(tenantId, group),
    group.map(({ submission, jobs }) => ({ requestId: submission.requestId, jobs })),
  )
  const lost = group.filter(({ submission }) => !taken.has(submission.requestId))
  const joined = await join(deps, tenantId, lost, triesLeft)
  return group.map(
    ({ submission, read }) => joined.get(submission) ?? { joined: false, request: read.request },
  )
}

const insertion = (tenantId: TenantId, group: ReadonlyArray<Prepared>): Statement => ({
  name: 'submit',
  text: `
    with given as materialized (
      select * from jsonb_to_recordset($2::jsonb) as x(
        r uuid, c text, u uuid, s text, b uuid, ho uuid, a uuid, i uuid, k text, app uuid,
        v int, hh text, st text, due timestamptz, ex timestamptz, job timestamptz, e jsonb
      )
    ), taken as (
      insert into lethe.removal_subject (tenant_id, commitment, request_id, user_id, salt, batch_id, home_tenant_id)
      select $1::uuid, decode(c, 'hex'), r, u, decode(s, 'hex'), b, ho from given
      on conflict do nothing
      returning request_id
    ), kept as (
      select given.* from given join taken on taken.request_id = given.r
    ), projected as (
      insert into lethe.removal_request
        (tenant_id, request_id, version, head_hash, state, due_at, expires_at, job_due_at, batch_id)
      select $1::uuid, r, v, decode(hh, 'hex'), st, due, ex, job, b from kept
    ), submitter as (
      insert into lethe.removal_actor
        (tenant_id, reference, request_id, identity, kind, through_app_id, submitted)
      select $1::uuid, a, r, i, k, app, true from kept
    ), happened as (
      insert into lethe.removal_event
        (tenant_id, request_id, sequence, schema_version, type, at, data, previous_hash, hash)
      select $1::uuid, r, n, sv, ty, at, d, decode(p, 'hex'), decode(h, 'hex')
      from kept, jsonb_to_recordset(e) as y(${eventRecord})
    )
    select request_id from taken`,
  values: [tenantId, JSON.stringify(group.map(rowOf))],
})

const rowOf = ({ submission: { requestId, subject, submitter }, read, written }: Prepared): object => ({
  r: requestId,
  c: subject.commitment,
  u: subject.userId,
  s: subject.salt,
  b: read.request.batch,
  ho: subject.homeTenantId,
  a: submitter.reference,
  ...actorColumns(submitter.actor),
  hh: written.head.hash,
  ...projectionOf(read.request, written.at),
  e: written.rows,
})

/** The open requests that submissions join. */
const join = async (
  deps: SubmittingDeps,
  tenantId: TenantId,
  lost: ReadonlyArray<Prepared>,
  triesLeft: number,
): Promise<ReadonlyMap<Submission, Submitted>> => {
  if (lost.length === 0) return new Map()
  const open = await openRequests(
    deps.transactions,
    tenantId,
    lost.map(({ submission }) => submission.subject.userId),
  )
  const found = lost.filter(({ submission }) => open.has(submission.subject.userId))
  const closed = lost.filter(({ submission }) => !open.has(submission.subject.userId))
  const inBatch = await batchRequests(deps.transactions, tenantId, closed.flatMap(memberOf))
  const joinedInBatch = (one: Prepared): ReadRequest | undefined =>
    memberOf(one)
      .map(({ batch, userId }) => inBatch.get(keyOf(batch, userId)))
      .at(0)
  const ended = closed.filter(one => joinedInBatch(one) === undefined)
  const again =
    triesLeft > 1 && ended.length > 0
      ? await record(deps, tenantId, ended, triesLeft - 1)
      : await repeats(deps.transactions, tenantId, ended)
  return new Map([
    ...found.flatMap(({ submission }): ReadonlyArray<readonly [Submission, Submitted]> => {
      const request = open.get(submission.subject.userId)
      return request === undefined ? [] : [[submission, { joined: true, request: request.request }]]
    }),
    ...closed.flatMap((one): ReadonlyArray<readonly [Submission, Submitted]> => {
      const read = joinedInBatch(one)
      return read === undefined ? [] : [[one.submission, { joined: true, request: read.request }]]
    }),
    ...again.flatMap((submitted, index): ReadonlyArray<readonly [Submission, Submitted]> => {
      const submission = ended[index]?.submission
      return submission === undefined ? [] : [[submission, submitted]]
    }),
  ])
}

const memberOf = ({ submission, read }: Prepared): ReadonlyArray<BatchMember> =>
  read.request.batch === null ? [] : [{ batch: read.request.batch, userId: submission.subject.userId }]

/** A submission that came a second time, because the first answer was lost, after its request had even ended. */
const repeats = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  ended: ReadonlyArray<Prepared>,
): Promise<ReadonlyArray<Submitted>> => {
  const own = await readRequests(
    transactions,
    tenantId,
    ended.map(({ submission }) => submission.requestId),
  )
  return ended.map(({ submission }) => {
    const request = own.get(submission.requestId)?.request
    if (request === undefined) throw new Defect('What was not recorded conflicts with something')
    return { joined: true, request }
  })
}

/** The open requests for profiles. */
export const openRequests = async (
  transactions: TenantTransactions,
  tenantId: TenantId,
  userIds: ReadonlyArray<UserId>,
): Promise<ReadonlyMap<UserId, ReadRequest>> => {
  const rows = await transactions.once(tenantId, {
    name: 'open-requests',
    text: `
      select user_id, request_id from lethe.removal_subject
      where tenant_id = $1 and user_id = any($2::uuid[]) and ended_as is null`,
    values: [tenantId, userIds],
  })
  const users = columnIn('user_id', UserId, rows)
  const ids = columnIn('request_id', RemovalRequestId, rows)
  const requests = await readRequests(transactions, tenantId, ids)
  return new Map(
    ids.flatMap((id, index): ReadonlyArray<readonly [UserId, ReadRequest]> => {
      const [userId, read] = [users[index], requests.get(id)]
      return userId === undefined || read === undefined ? [] : [[userId, read]]
    }),
  )
}
