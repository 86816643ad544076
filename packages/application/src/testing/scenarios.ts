import {
  addSeconds,
  type ApprovalPolicy,
  approve,
  BatchId,
  close,
  deny,
  expire,
  fail,
  HolderName,
  type Instant,
  join,
  oneLook,
  recordHolderResult,
  recordReadBack,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalState,
  retry,
  type RetrySchedule,
  saturdayAndSunday,
  start,
  submit,
  type TenantId,
  UserId,
  withdraw,
} from '@lethe/domain'
import type * as E from 'fp-ts/lib/Either.js'
import type { Clock } from '../ports/environment.js'
import type { Actor, ActorRecord, NoteRecord } from '../ports/people.js'
import type { Append, Submission } from '../ports/removal-requests.js'
import type { StoreHarness } from './harness.js'
import { decoded, rightOf, succeed } from './outcomes.js'

const graph: HolderName = decoded(HolderName, 'graph')
const oneApprover: ApprovalPolicy = { mode: 'approvers', required: 1 }
export const automatic: ApprovalPolicy = { mode: 'automatic' }
export const approvers = (required: number): ApprovalPolicy => ({ mode: 'approvers', required })

const day = 86_400
const schedule: RetrySchedule = {
  firstDelaySeconds: 60,
  factor: 2,
  longestDelaySeconds: 3600,
  giveUpAfterSeconds: 7 * day,
}

/** What a test says of a request; the rest does not matter to it. */
export interface Wish {
  readonly tenantId: TenantId
  readonly userId?: UserId
  readonly policy?: ApprovalPolicy
  readonly expiresAfterDays?: number
  readonly receivedAt?: Instant
  readonly submitter?: Actor
  readonly batch?: BatchId
  readonly homeTenantId?: TenantId
}

/** What a submission is made with. */
export type Making = Pick<StoreHarness, 'ids' | 'digest'> & { readonly clock: Clock }

/** Somebody nobody has heard of. */
export const somebody = ({ ids }: Making): Actor => ({
  kind: 'person',
  userId: ids.userId(),
  appId: ids.appId(),
})

/** A batch that nobody has heard of. */
export const freshBatch = ({ ids }: Pick<Making, 'ids'>): BatchId => decoded(BatchId, ids.tenantId())

/** Who makes a batch where a test does not say: the same person each time. */
export const makerOf = (_: Making, batch: BatchId): Actor => ({
  kind: 'person',
  userId: decoded(UserId, batch),
  appId: null,
})

/** An actor under a reference of their own. */
export const recordOf = (h: Making, actor: Actor = somebody(h)): ActorRecord => ({
  reference: h.ids.identifiers.actorReference(),
  actor,
})

/** A submission that the domain decided. */
export const submissionOf = (h: Making, wish: Wish): Submission => {
  const { tenantId } = wish
  const userId = wish.userId ?? h.ids.userId()
  const salt = h.ids.identifiers.salt()
  const commitment = h.digest.commitment(salt, tenantId, userId)
  const requestId = h.ids.identifiers.requestId()
  const submitter = recordOf(
    h,
    wish.submitter ?? (wish.batch === undefined ? somebody(h) : makerOf(h, wish.batch)),
  )
  const at = h.clock.now()
  const homeTenantId = wish.homeTenantId ?? h.ids.tenantId()
  const events = submit({
    tenantId,
    id: requestId,
    subject: commitment,
    profile: {
      userId,
      userPrincipalName: 'somebody@example.com',
      displayName: 'Somebody',
      homeTenantId,
    },
    by: submitter.reference,
    at,
    receivedAt: wish.receivedAt ?? at,
    policy: wish.policy ?? oneApprover,
    expiresAfterDays: wish.expiresAfterDays ?? null,
    calendar: saturdayAndSunday,
    holders: [graph],
    batch: wish.batch ?? null,
  })
  const subject = { commitment, userId, salt, homeTenantId }
  return { tenantId, requestId, events: rightOf(events), subject, submitter }
}

/** A request that was submitted, and joined no other. */
export const submitted = async (h: StoreHarness, wish: Wish): Promise<RemovalRequest> => {
  const { joined, request } = await succeed(h.store.removalRequests.submit(submissionOf(h, wish)))
  if (joined) throw new Error('Expected a new request, and it joined one')
  return request
}

type Decision = (request: RemovalRequest) => E.Either<unknown, ReadonlyArray<RemovalEvent>>

/** What a decision on a request appends. */
const appendOf = (
  request: RemovalRequest,
  decision: Decision,
  actor: ActorRecord | null = null,
  note: NoteRecord | null = null,
): Append => ({
  tenantId: request.tenantId,
  requestId: request.id,
  expectedVersion: request.version,
  events: rightOf(decision(request)),
  actor,
  note,
})

const decide = async (
  h: StoreHarness,
  request: RemovalRequest,
  decision: Decision,
  actor: ActorRecord | null = null,
  note: NoteRecord | null = null,
): Promise<RemovalRequest> =>
  succeed(h.store.removalRequests.append(appendOf(request, decision, actor, note)))

/** What an approval by somebody appends. */
export const approvalOf = (h: StoreHarness, request: RemovalRequest, by: ActorRecord): Append =>
  appendOf(request, approve({ by: by.reference, guest: false, at: h.clock.now() }), by)

export const approvedBy = async (
  h: StoreHarness,
  request: RemovalRequest,
  by: ActorRecord,
): Promise<RemovalRequest> => succeed(h.store.removalRequests.append(approvalOf(h, request, by)))

/** What joining a request brings. */
interface Brought {
  readonly batch?: BatchId
  readonly receivedDaysAgo?: number
}

/** What somebody appends who joins a request. */
export const joinOf = (
  h: StoreHarness,
  request: RemovalRequest,
  by: ActorRecord,
  { batch, receivedDaysAgo }: Brought = {},
): Append =>
  appendOf(
    request,
    join({
      by: by.reference,
      at: h.clock.now(),
      receivedAt: receivedDaysAgo === undefined ? null : addSeconds(h.clock.now(), -receivedDaysAgo * day),
      calendar: saturdayAndSunday,
      batch: batch ?? null,
    }),
    by,
  )

export const joinedBy = async (
  h: StoreHarness,
  request: RemovalRequest,
  by: ActorRecord,
  brought: Brought = {},
): Promise<RemovalRequest> => succeed(h.store.removalRequests.append(joinOf(h, request, by, brought)))

export const deniedBy = async (
  h: StoreHarness,
  request: RemovalRequest,
  by: ActorRecord,
  note: NoteRecord | null = null,
): Promise<RemovalRequest> =>
  decide(
    h,
    request,
    deny({ by: by.reference, code: 'legalClaims', note: note?.reference ?? null, at: h.clock.now() }),
    by,
    note,
  )

/** Closes a request that failed after its holder was called. */
export const closedBy = async (
  h: StoreHarness,
  request: RemovalRequest,
  by: ActorRecord,
  note: NoteRecord | null = null,
): Promise<RemovalRequest> =>
  decide(
    h,
    request,
    close({
      by: by.reference,
      code: 'handledManually',
      note: note?.reference ?? null,
      lastLook: [],
      at: h.clock.now(),
    }),
    by,
    note,
  )

/** The holder was called, and refused. */
export const refusedBy = async (h: StoreHarness, request: RemovalRequest): Promise<RemovalRequest> =>
  decide(
    h,
    request,
    recordHolderResult({
      holder: graph,
      result: { kind: 'failed', reason: 'refused' },
      called: true,
      schedule,
      at: h.clock.now(),
    }),
  )

const withdrawnBy = async (
  h: StoreHarness,
  request: RemovalRequest,
  by: ActorRecord,
): Promise<RemovalRequest> =>
  decide(h, request, withdraw({ by: by.reference, reach: 'any', at: h.clock.now() }), by)

export const retriedBy = async (
  h: StoreHarness,
  request: RemovalRequest,
  by: ActorRecord,
): Promise<RemovalRequest> => decide(h, request, retry({ by: by.reference, at: h.clock.now() }), by)

export const started = async (h: StoreHarness, request: RemovalRequest): Promise<RemovalRequest> =>
  decide(h, request, start({ holders: [graph], absence: oneLook, at: h.clock.now() }))

/** The holder asked to wait: the next attempt is a job that is not due before that. */
export const toldToWait = async (
  h: StoreHarness,
  request: RemovalRequest,
  afterSeconds: number,
): Promise<RemovalRequest> =>
  decide(
    h,
    request,
    recordHolderResult({
      holder: graph,
      result: { kind: 'retryLater', afterSeconds },
      called: true,
      schedule,
      at: h.clock.now(),
    }),
  )

export const cleared = async (h: StoreHarness, request: RemovalRequest): Promise<RemovalRequest> =>
  decide(
    h,
    request,
    recordHolderResult({
      holder: graph,
      result: { kind: 'removed' },
      called: true,
      schedule,
      at: h.clock.now(),
    }),
  )

export const verifiedAbsent = async (h: StoreHarness, request: RemovalRequest): Promise<RemovalRequest> =>
  decide(
    h,
    request,
    recordReadBack({
      holder: graph,
      result: { kind: 'absent' },
      removalRepeated: false,
      schedule,
      at: h.clock.now(),
    }),
  )

/**
 * A new request that was brought to a state by events that the domain decided.
 *
 * @param first done to it as soon as it was submitted.
 */
export const requestIn = async (
  h: StoreHarness,
  state: RemovalState,
  wish: Wish,
  first: (request: RemovalRequest) => Promise<RemovalRequest> = async request => request,
): Promise<RemovalRequest> => {
  switch (state) {
    case 'pendingApproval':
      return first(await submitted(h, { ...wish, policy: wish.policy ?? oneApprover }))
    case 'approved':
      return approvedBy(h, await requestIn(h, 'pendingApproval', wish, first), recordOf(h))
    case 'removing':
      return started(h, await requestIn(h, 'approved', wish, first))
    case 'verifying':
      return cleared(h, await requestIn(h, 'removing', wish, first))
    case 'completed':
      return verifiedAbsent(h, await requestIn(h, 'verifying', wish, first))
    case 'failed':
      return decide(
        h,
        await requestIn(h, 'removing', wish, first),
        fail({ reason: 'workerFailed', at: h.clock.now() }),
      )
    case 'abandoned':
      return closedBy(h, await refusedBy(h, await requestIn(h, 'removing', wish, first)), recordOf(h))
    case 'denied':
      return deniedBy(h, await requestIn(h, 'pendingApproval', wish, first), recordOf(h))
    case 'withdrawn':
      return withdrawnBy(h, await requestIn(h, 'pendingApproval', wish, first), recordOf(h))
    case 'expired':
      return decide(
        h,
        await first(
          await submitted(h, {
            receivedAt: addSeconds(h.clock.now(), -90 * day),
            expiresAfterDays: 1,
            ...wish,
          }),
        ),
        expire({ at: addSeconds(h.clock.now(), 400 * day) }),
      )
  }
}

/** The states in which a second request for the same profile joins the first. */
export const openStates = ['pendingApproval', 'approved', 'removing', 'verifying', 'failed'] as const
/** The states in which a request has ended. */
export const endedStates = ['completed', 'denied', 'withdrawn', 'abandoned', 'expired'] as const
