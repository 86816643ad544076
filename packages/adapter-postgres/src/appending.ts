import type { Append, VersionConflict } from '@lethe/application'
import {
  additionsIn,
  type BatchAddition,
  evolve,
  isOpen,
  type RemovalRequest,
  type RemovalRequestId,
  type TenantId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { actorColumns } from './actor-rows.js'
import { hasJoined, isMaker, makersOf } from './batch-admission.js'
import {
  type Checking,
  eventRecord,
  isReadable,
  projectionOf,
  type ReadRequest,
  writtenEvents,
  type WrittenEvents,
} from './event-rows.js'
import type { KnownRequests } from './known-requests.js'
import { Defect, isPassing } from './problems.js'
import { readRequests } from './reading-requests.js'
import { take, type TakingDeps } from './taking.js'
import type { Statement } from './tenant-transactions.js'

export interface AppendingDeps extends TakingDeps, Checking {
  readonly known: KnownRequests
}

export type Appended = E.Either<VersionConflict, RemovalRequest>

/** An append, what it follows on, and what is to be written of it. */
interface Prepared {
  readonly append: Append
  readonly before: ReadRequest
  readonly after: ReadRequest
  readonly written: WrittenEvents
  /** The batch that the request joins; null for none. */
  readonly joined: BatchAddition | null
}

const conflict: Appended = E.left({ _tag: 'VersionConflict' })

/**
 * Appends to requests of one tenant in one transaction. Each append gets its own answer; where the transaction fails
 * because of what one of them holds, they are appended one by one, so that this one fails alone.
 */
export const appendGroup =
  (deps: AppendingDeps) =>
  (tenantId: TenantId) =>
  async (appends: ReadonlyArray<Append>): Promise<ReadonlyArray<Appended | Error>> => {
    const answers = new Map<Append, Appended | Error>()
    // Of several to one request only one can be right: the others have to see what it did.
    for (const round of oneForEachRequest(appends))
      for (const [append, answer] of await appendRound(deps, tenantId, round)) answers.set(append, answer)
    return appends.map(append => answers.get(append) ?? conflict)
  }

const oneForEachRequest = (appends: ReadonlyArray<Append>): ReadonlyArray<ReadonlyArray<Append>> => {
  const rounds: Array<Map<RemovalRequestId, Append>> = []
  for (const append of appends) {
    const free = rounds.find(round => !round.has(append.requestId))
    if (free === undefined) rounds.push(new Map([[append.requestId, append]]))
    else free.set(append.requestId, append)
  }
  return rounds.map(round => [...round.values()])
}

type Answers = ReadonlyArray<readonly [Append, Appended | Error]>

const appendRound = async (
  deps: AppendingDeps,
  tenantId: TenantId,
  appends: ReadonlyArray<Append>,
): Promise<Answers> => {
  try {
    return await appendTogether(deps, tenantId, appends)
  } catch (error) {
    if (isPassing(error) || appends.length === 1) throw error
    return (await Promise.all(appends.map(append => appendAlone(deps, tenantId, append)))).flat()
  }
}

const appendAlone = async (deps: AppendingDeps, tenantId: TenantId, append: Append): Promise<Answers> => {
  try {
    return await appendTogether(deps, tenantId, [append])
  } catch (error) {
    if (error instanceof Error) return [[append, error]]
    throw error
  }
}

const appendTogether = async (
  deps: AppendingDeps,
  tenantId: TenantId,
  appends: ReadonlyArray<Append>,
): Promise<Answers> => {
  const before = await versionsExpected(deps, tenantId, appends)
  const prepared = appends.flatMap(append => {
    const found = before.get(append.requestId)
    return found === undefined ? [] : [preparedOn(deps, append, found)]
  })
  const taken =
    prepared.length === 0
      ? new Set<RemovalRequestId>()
      : await take(
          deps,
          tenantId,
          appending(tenantId, prepared),
          prepared.map(({ append }) => append),
          prepared.flatMap(({ joined }) => (joined === null ? [] : [joined.batch])),
        )
  const done = new Map(prepared.map(one => [one.append, one]))
  return appends.map(append => {
    const one = done.get(append)
    if (one === undefined || !taken.has(append.requestId)) {
      deps.known.forget(append.requestId)
      return [append, conflict]
    }
    return [append, E.right(deps.known.remember(one.after))]
  })
}

/** The requests at the versions that the appends expect; those that are at another, or do not exist, are left out. */
const versionsExpected = async (
  deps: AppendingDeps,
  tenantId: TenantId,
  appends: ReadonlyArray<Append>,
): Promise<ReadonlyMap<RemovalRequestId, ReadRequest>> => {
  const seen = new Map(
    appends.map(({ requestId, expectedVersion }) => [requestId, deps.known.at(requestId, expectedVersion)]),
  )
  const unseen = appends.filter(({ requestId }) => seen.get(requestId) === undefined)
  const read = await readRequests(
    deps,
    tenantId,
    unseen.map(({ requestId }) => requestId),
  )
  return new Map(
    appends.flatMap(
      ({ requestId, expectedVersion }): ReadonlyArray<readonly [RemovalRequestId, ReadRequest]> => {
        const found = seen.get(requestId) ?? read.get(requestId)
        return found !== undefined &&
          isReadable(found) &&
          found.request.version === expectedVersion &&
          found.request.tenantId === tenantId
          ? [[requestId, found]]
          : []
      },
    ),
  )
}

const preparedOn = (checking: Checking, append: Append, before: ReadRequest): Prepared => {
  const written = writtenEvents(checking, append, before.head)
  const request = append.events.reduce<RemovalRequest | null>(evolve, before.request)
  if (request?.version !== written.head.sequence)
    throw new Defect('Appended events follow on the version that was expected')
  const [joined = null, ...more] = append.events.flatMap(additionsIn)
  if (more.length > 0) throw new Defect('An append adds its request to one batch at most')
  return {
    append,
    before,
    after: { request, head: written.head },
    written,
    joined,
  }
}

/**
 * The rows are locked before anything is written, one by one and in one order everywhere: by their keys, whatever the planner
 * knows of the table. Whoever waited for a lock sees the version that the other one left, and is left out.
 */
const appending = (tenantId: TenantId, group: ReadonlyArray<Prepared>): Statement => ({
  name: 'append',
  text: `
    with given as materialized (
      select * from jsonb_to_recordset($2::jsonb) as x(
        r uuid, ev int, eh text, v int, hh text, hs text, st text, due timestamptz, ex timestamptz, job timestamptz,
        ended text, a uuid, i uuid, k text, app uuid, ap uuid, note uuid, txt text,
        jb uuid, jby uuid, jat timestamptz, subject text, e jsonb
      )
    ), current as (
      select locked.request_id from (select * from given order by r) as given cross join lateral (
        select request_id from lethe.removal_request
        where tenant_id = $1 and request_id = given.r and version = ev and head_hash = decode(eh, 'hex')
        for update
      ) as locked
    ), joining as materialized (
      select given.r, jb as b, jby, jat, decode(given.subject, 'hex') as subject, subject.user_id,
        coalesce(i, actor.identity) as i, coalesce(k, actor.kind) as k
      from given
      left join lethe.removal_actor actor on actor.tenant_id = $1 and actor.reference = jby
      left join lethe.removal_subject subject
        on subject.tenant_id = $1 and subject.commitment = decode(given.subject, 'hex')
      where jb is not null
    ), ${makersOf('joining')}, admitted as (
      select current.request_id from current
      left join joining on joining.r = current.request_id
      left join maker on maker.b = joining.b
      where joining.b is null or (
        ${isMaker('joining')}
        and not exists (
          select from lethe.removal_subject other
          where other.tenant_id = $1 and other.batch_id = joining.b and other.user_id = joining.user_id
        )
        and not ${hasJoined('joining.b', 'joining.user_id')}
      )
    ), introduced as (
      insert into lethe.removal_actor
        (tenant_id, reference, request_id, identity, kind, through_app_id, approved)
      select $1::uuid, a, r, i, k, app, ap is not distinct from a
      from given join admitted on admitted.request_id = given.r
      where a is not null
      on conflict do nothing
      returning request_id
    ), kept as (
      select given.* from given join admitted on admitted.request_id = given.r
      where a is null or r in (select request_id from introduced)
    ), begun as (
      insert into lethe.batch (tenant_id, batch_id, maker, submitted_at)
      select distinct on (joining.b) $1::uuid, joining.b, joining.jby, joining.jat
      from kept join joining on joining.r = kept.r join maker on maker.b = joining.b
      where maker.is_new
      order by joining.b, joining.r
    ), joined as (
      insert into lethe.batch_member (tenant_id, batch_id, request_id, subject)
      select $1::uuid, joining.b, joining.r, joining.subject from kept join joining on joining.r = kept.r
    ), known_approver as (
      update lethe.removal_actor actor set approved = true
      from kept
      where actor.tenant_id = $1 and actor.reference = kept.ap and kept.ap is distinct from kept.a
    ), noted as (
      insert into lethe.removal_note (tenant_id, reference, request_id, text)
      select $1::uuid, note, r, txt from kept where note is not null
    ), released as (
      update lethe.removal_subject set ended_as = request_id
      where tenant_id = $1
        and commitment = any (array(select decode(ended, 'hex') from kept where ended is not null))
    ), signed_out as (
      delete from lethe.sign_in
      where tenant_id = $1 and request_id = any (array(select r from kept where job is null))
    ), projected as (
      update lethe.removal_request request
      set version = v, head_hash = decode(hh, 'hex'), head_seal = hs, state = st, due_at = due, expires_at = ex, job_due_at = job
      from kept
      where request.tenant_id = $1 and request.request_id = kept.r
      returning request.request_id
    ), happened as (
      insert into lethe.removal_event
        (tenant_id, request_id, sequence, schema_version, type, at, data, previous_hash, hash)
      select $1::uuid, r, n, sv, ty, y.at, d, decode(p, 'hex'), decode(h, 'hex')
      from kept, jsonb_to_recordset(e) as y(${eventRecord})
    )
    select request_id from projected`,
  values: [tenantId, JSON.stringify(group.map(rowOf))],
})

const rowOf = ({ append, before, after, written, joined }: Prepared): object => {
  const approvedBy = append.events.flatMap(event => (event.type === 'approvalGiven' ? [event.data.by] : []))
  if (approvedBy.length > 1) throw new Defect('An append holds the approval of one person at most')
  return {
    r: append.requestId,
    ev: append.expectedVersion,
    eh: before.head.hash,
    hh: written.head.hash,
    hs: written.seal,
    ...projectionOf(after.request, written.at),
    ended: isOpen(after.request.state) ? null : after.request.subject,
    ...(append.actor === null ? {} : { a: append.actor.reference, ...actorColumns(append.actor.actor) }),
    ap: approvedBy[0] ?? null,
    note: append.note?.reference ?? null,
    txt: append.note?.text ?? null,
    ...(joined === null
      ? {}
      : { jb: joined.batch, jby: joined.by, jat: joined.at, subject: before.request.subject }),
    e: written.rows,
  }
}
