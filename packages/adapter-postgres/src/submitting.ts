import type { BatchRefusal, Submission, Submitted } from '@lethe/application'
import { RemovalRequestId, replay, type TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { actorColumns } from './actor-rows.js'
import { batchRefusals, hasJoined, isMaker, makersOf } from './batch-admission.js'
import { type BatchMember, batchRequests, keyOf } from './batches.js'
import {
  type Checking,
  columnIn,
  eventRecord,
  projectionOf,
  type ReadRequest,
  type ReadStored,
  writtenEvents,
  type WrittenEvents,
} from './event-rows.js'
import { Defect, isPassing } from './problems.js'
import { type ReadingDeps, readRequests } from './reading-requests.js'
import { take, type TakingDeps } from './taking.js'
import type { Statement } from './tenant-transactions.js'

export interface SubmittingDeps extends TakingDeps, Checking {}

/** A submission, and what is to be written of it. */
interface Prepared {
  readonly submission: Submission
  readonly read: ReadRequest
  readonly written: WrittenEvents
}

/** How often a submission that lost against an open request is tried again because that one has just ended. */
const mostTries = 3

type Answer = E.Either<BatchRefusal, Submitted>

/**
 * Records submissions of one tenant in one transaction. Each gets its own answer: what conflicts joins, and where the
 * transaction fails because of what one of them holds, they are recorded one by one, so that this one fails alone.
 */
export const submitGroup =
  (deps: SubmittingDeps) =>
  (tenantId: TenantId) =>
  async (submissions: ReadonlyArray<Submission>): Promise<ReadonlyArray<Answer | Error>> => {
    try {
      return await record(deps, tenantId, submissions.map(prepared(deps)), mostTries)
    } catch (error) {
      if (isPassing(error) || submissions.length === 1) throw error
      return Promise.all(submissions.map(alone(deps, tenantId)))
    }
  }

const alone =
  (deps: SubmittingDeps, tenantId: TenantId) =>
  async (submission: Submission): Promise<Answer | Error> => {
    try {
      const [submitted] = await record(deps, tenantId, [prepared(deps)(submission)], mostTries)
      return submitted ?? new Defect('A submission has an answer')
    } catch (error) {
      if (error instanceof Error) return error
      throw error
    }
  }

const prepared =
  (checking: Checking) =>
  (submission: Submission): Prepared => {
    const request = replay(submission.events)
    if (E.isLeft(request)) throw new Defect('A submission starts with what was requested')
    const written = writtenEvents(checking, submission, null)
    return {
      submission,
      read: { request: request.right, head: written.head },
      written,
    }
  }

const record = async (
  deps: SubmittingDeps,
  tenantId: TenantId,
  group: ReadonlyArray<Prepared>,
  triesLeft: number,
): Promise<ReadonlyArray<Answer>> => {
  const taken = await take(
    deps,
    tenantId,
    insertion(tenantId, group),
    group.map(({ submission }) => submission),
    group.flatMap(memberOf).map(({ batch }) => batch),
  )
  const lost = group.filter(({ submission }) => !taken.has(submission.requestId))
  const answers = await answersTo(deps, tenantId, lost, triesLeft)
  return group.map(
    ({ submission, read }) => answers.get(submission) ?? E.right({ joined: false, request: read.request }),
  )
}

/**
 * People are inserted in one order everywhere: one whom another group is about to insert too is waited for, and two groups that
 * wait for each other would be a deadlock.
 */
const insertion = (tenantId: TenantId, group: ReadonlyArray<Prepared>): Statement => ({
  name: 'submit',
  text: `
    with given as materialized (
      select * from jsonb_to_recordset($2::jsonb) as x(
        r uuid, c text, u uuid, s text, b uuid, ho uuid, a uuid, i uuid, k text, app uuid,
        sat timestamptz, v int, hh text, hs text, st text, due timestamptz, ex timestamptz, job timestamptz, e jsonb
      )
    ), ${makersOf('given')}, admitted as (
      select given.* from given left join maker on maker.b = given.b
      where given.b is null or (${isMaker('given')} and not ${hasJoined('given.b', 'given.u')})
    ), taken as (
      insert into lethe.removal_subject (tenant_id, commitment, request_id, user_id, salt, batch_id, home_tenant_id)
      select $1::uuid, decode(c, 'hex'), r, u, decode(s, 'hex'), b, ho from admitted order by u, r
      on conflict do nothing
      returning request_id
    ), kept as (
      select given.* from given join taken on taken.request_id = given.r
    ), begun as (
      insert into lethe.batch (tenant_id, batch_id, maker, submitted_at)
      select distinct on (kept.b) $1::uuid, kept.b, kept.a, kept.sat
      from kept join maker on maker.b = kept.b
      where maker.is_new
      order by kept.b, kept.r
    ), projected as (
      insert into lethe.removal_request
        (tenant_id, request_id, version, head_hash, head_seal, state, due_at, expires_at, job_due_at, batch_id)
      select $1::uuid, r, v, decode(hh, 'hex'), hs, st, due, ex, job, b from kept
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
  sat: read.request.submittedAt,
  hh: written.head.hash,
  hs: written.seal,
  ...projectionOf(read.request, written.at),
  e: written.rows,
})

/** What became of submissions that were not recorded. */
const answersTo = async (
  deps: SubmittingDeps,
  tenantId: TenantId,
  lost: ReadonlyArray<Prepared>,
  triesLeft: number,
): Promise<ReadonlyMap<Submission, Answer>> => {
  if (lost.length === 0) return new Map()
  const answers = new Map<Submission, Answer>()
  const joining = ({ submission }: Prepared, read: ReadStored | undefined): void => {
    if (read !== undefined) answers.set(submission, E.right({ joined: true, request: read.request }))
  }
  const unanswered = () => lost.filter(({ submission }) => !answers.has(submission))

  const inBatch = await batchRequests(deps, tenantId, lost.flatMap(memberOf))
  for (const one of lost)
    for (const { batch, userId } of memberOf(one)) joining(one, inBatch.get(keyOf(batch, userId)))
  const open = await openRequests(
    deps,
    tenantId,
    unanswered().map(({ submission }) => submission.subject.userId),
  )
  for (const one of unanswered()) joining(one, open.get(one.submission.subject.userId))
  const adding = unanswered().filter(one => memberOf(one).length > 0)
  const refusals = await batchRefusals(
    deps.transactions,
    tenantId,
    adding.flatMap(one =>
      memberOf(one).map(({ batch }) => ({ batch, actor: one.submission.submitter.actor })),
    ),
  )
  for (const [index, { submission }] of adding.entries()) {
    const refusal = refusals[index] ?? null
    if (refusal !== null) answers.set(submission, E.left(refusal))
  }
  const ended = unanswered()
  const again =
    triesLeft > 1 && ended.length > 0
      ? await record(deps, tenantId, ended, triesLeft - 1)
      : await repeats(deps, tenantId, ended)
  for (const [index, { submission }] of ended.entries()) {
    const answer = again[index]
    if (answer !== undefined) answers.set(submission, answer)
  }
  return answers
}

const memberOf = ({ submission, read }: Prepared): ReadonlyArray<BatchMember> =>
  read.request.batch === null ? [] : [{ batch: read.request.batch, userId: submission.subject.userId }]

/** A submission that came a second time, because the first answer was lost, after its request had even ended. */
const repeats = async (
  deps: SubmittingDeps,
  tenantId: TenantId,
  ended: ReadonlyArray<Prepared>,
): Promise<ReadonlyArray<Answer>> => {
  const own = await readRequests(
    deps,
    tenantId,
    ended.map(({ submission }) => submission.requestId),
  )
  return ended.map(({ submission }) => {
    const request = own.get(submission.requestId)?.request
    if (request === undefined) throw new Defect('What was not recorded conflicts with something')
    return E.right({ joined: true, request })
  })
}

/** The open requests for profiles. */
export const openRequests = async (
  deps: ReadingDeps,
  tenantId: TenantId,
  userIds: ReadonlyArray<UserId>,
): Promise<ReadonlyMap<UserId, ReadStored>> => {
  if (userIds.length === 0) return new Map()
  const rows = await deps.transactions.once(tenantId, {
    name: 'open-requests',
    text: `
      select user_id, request_id from lethe.removal_subject
      where tenant_id = $1 and user_id = any($2::uuid[]) and ended_as is null`,
    values: [tenantId, userIds],
  })
  const users = columnIn('user_id', UserId, rows)
  const ids = columnIn('request_id', RemovalRequestId, rows)
  const requests = await readRequests(deps, tenantId, ids)
  return new Map(
    ids.flatMap((id, index): ReadonlyArray<readonly [UserId, ReadStored]> => {
      const [userId, read] = [users[index], requests.get(id)]
      return userId === undefined || read === undefined ? [] : [[userId, read]]
    }),
  )
}
