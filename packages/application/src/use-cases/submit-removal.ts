import {
  type BatchId,
  batchesOf,
  checkReceipt,
  expire,
  type Grant,
  type InboundSharedUserProfile,
  type Instant,
  isTimeUp,
  join,
  type NotInbound,
  type ReceivedInFuture,
  type ReceivedLongAgo,
  type RemovalRequest,
  type StoredRequest,
  submit,
  type UserId,
  type WorkingCalendar,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ApprovalPolicies, TenantPolicy } from '../ports/approval-policies.js'
import type { Batches, BatchRefusal } from '../ports/batches.js'
import type { DataHolders } from '../ports/data-holders.js'
import type { Clock, Digest, Identifiers } from '../ports/environment.js'
import type { InboundProfiles } from '../ports/inbound-profiles.js'
import type { Throttled, Unavailable } from '../ports/problems.js'
import type { RemovalRequests, Submission } from '../ports/removal-requests.js'
import type { SignIns } from '../ports/sign-ins.js'
import { type ActingDeps, type ActingRefusal, actOnce, actorOf, untilUncontested } from './acting.js'
import { decideAndAppend } from './recording.js'
import { type ProfileNotFound, profileNotFound, type RequestNotFound, requestUnreadable } from './refusals.js'
import { type RemovalRequestView, type ViewDeps, viewOf } from './removal-request-view.js'

export interface SubmitRemovalDeps extends ViewDeps, ActingDeps {
  readonly removalRequests: Pick<RemovalRequests, 'submit' | 'openFor' | 'load' | 'append'>
  readonly actors: ViewDeps['actors'] & ActingDeps['actors']
  readonly batches: Pick<Batches, 'requestFor' | 'refusalOf'>
  /** Where a worker acts for people: for the one who sets it going. */
  readonly signIns: Pick<SignIns, 'keep'>
  readonly inboundProfiles: Pick<InboundProfiles, 'get'>
  readonly dataHolders: DataHolders
  readonly approvalPolicies: ApprovalPolicies
  readonly calendar: WorkingCalendar
  readonly clock: Clock
  readonly identifiers: Pick<Identifiers, 'requestId' | 'actorReference' | 'salt'>
  readonly digest: Pick<Digest, 'commitment'>
}

export interface SubmitRemovalInput {
  readonly grant: Grant<'submit'>
  readonly userId: UserId
  /** When the person asked; null for the moment of the first submission. */
  readonly receivedAt: Instant | null
  /** Whether the caller has confirmed a receipt of over a year ago. */
  readonly receivedConfirmed?: boolean
  /** The batch that it is to be a part of; null for none. */
  readonly batch: BatchId | null
}

export type SubmitRemovalRefusal =
  | ProfileNotFound
  | NotInbound
  | ReceivedInFuture
  | ReceivedLongAgo
  | BatchRefusal
  | Exclude<ActingRefusal, RequestNotFound>
  | Throttled
  | Unavailable

export interface SubmittedRemoval {
  readonly request: RemovalRequest
  /** The request as it is shown: made only for the one who shows it. */
  readonly view: TE.TaskEither<Unavailable, RemovalRequestView>
  /** Whether the batch already had a request for the profile, or the profile an open one, and this is it. */
  readonly joined: boolean
}

export type SubmitRemoval = (
  input: SubmitRemovalInput,
) => TE.TaskEither<SubmitRemovalRefusal, SubmittedRemoval>

/**
 * Records a request to remove all personal data of an inbound shared user from the caller's tenant.
 *
 * Where the profile has an open request, the caller joins that: what is new about it is recorded there, and what failed is
 * retried. A profile that is gone, or going, may still have an open request, to be joined all the same. Within a batch a repeat
 * finds even a request that has ended, so that the one who was interrupted may send all of it again. Where the profile cannot be
 * looked up, nothing is recorded.
 */
export const submitRemoval =
  (deps: SubmitRemovalDeps): SubmitRemoval =>
  input =>
  async () => {
    const at = deps.clock.now()
    const receipt = checkReceipt(receiptOf(input, at))
    if (E.isLeft(receipt)) return receipt
    const found = await deps.inboundProfiles.get(input.grant.tenantId, input.userId)()
    if (E.isLeft(found)) return found
    if (O.isNone(found.right)) return joinKnown(deps, input, mostTries)
    const policy = await deps.approvalPolicies.of(input.grant.tenantId)()
    if (E.isLeft(policy)) return policy
    return record(deps, input, at, found.right.value, policy.right)
  }

const receiptOf = ({ receivedAt, receivedConfirmed = false }: SubmitRemovalInput, at: Instant) => ({
  receivedAt: receivedAt ?? at,
  receivedConfirmed,
  at,
})

/** How often a submission is made anew because the request that it was to join has just ended. */
const mostTries = 3

type Submitting = Promise<E.Either<SubmitRemovalRefusal, SubmittedRemoval>>

/** Written out and not piped: every request comes through here, and the pipe would cost as much as the decision. */
const record = async (
  deps: SubmitRemovalDeps,
  input: SubmitRemovalInput,
  at: Instant,
  profile: InboundSharedUserProfile,
  policy: TenantPolicy,
): Submitting => {
  const submission = decide(deps, input, at, profile, policy)
  if (E.isLeft(submission)) return submission
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const recorded = await deps.removalRequests.submit(submission.right)()
    if (E.isLeft(recorded)) return recorded
    const { joined, request } = recorded.right
    if (!joined) return E.right({ request, view: TE.right(viewOfNew(submission.right, request)), joined })
    const joining = await joinTo(deps, input, request)
    if (joining !== null) return joining
  }
  return comeBack
}

/** Joins what there is for a profile that is gone. */
const joinKnown = async (
  deps: SubmitRemovalDeps,
  input: SubmitRemovalInput,
  triesLeft: number,
): Submitting => {
  const known = await knownRequest(deps, input)()
  if (E.isLeft(known)) return known
  const joining = await joinTo(deps, input, known.right)
  if (joining !== null) return joining
  return triesLeft > 1 ? joinKnown(deps, input, triesLeft - 1) : comeBack
}

const comeBack: E.Either<Unavailable, never> = E.left({ _tag: 'Unavailable', retryAfterSeconds: 1 })

const knownRequest = (
  deps: SubmitRemovalDeps,
  { grant: { tenantId }, userId, batch }: SubmitRemovalInput,
): TE.TaskEither<ProfileNotFound | Unavailable, StoredRequest> =>
  pipe(
    batch === null
      ? TE.right<Unavailable, O.Option<StoredRequest>>(O.none)
      : deps.batches.requestFor(tenantId, batch, userId),
    TE.flatMap(inBatch =>
      O.isSome(inBatch) ? TE.right(inBatch) : deps.removalRequests.openFor(tenantId, userId),
    ),
    TE.flatMap(found => TE.fromOption(() => profileNotFound(userId))(found)),
  )

/**
 * An open request that cannot be read is the one for its profile all the same: there is no second one beside it.
 *
 * @returns null where the request has ended by now.
 */
const joinTo = async (
  deps: SubmitRemovalDeps,
  { grant, receivedAt, receivedConfirmed = false, batch }: SubmitRemovalInput,
  found: StoredRequest,
): Promise<E.Either<SubmitRemovalRefusal, SubmittedRemoval> | null> => {
  if (found.state === 'unreadable') return E.left(requestUnreadable(found))
  const { tenantId, caller } = grant
  const at = deps.clock.now()
  if (found.state === 'pendingApproval' && isTimeUp(found, at)) {
    // Nobody decides it any more: it ends here, as it would in the next sweep, and what is asked for now is asked for anew.
    const ended = await decideAndAppend(deps.removalRequests)(tenantId, found.id, expire({ at }))()
    if (E.isRight(ended) || ended.left._tag === 'VersionConflict') return null
    return E.left(ended.left)
  }
  const actor = actorOf(caller)
  const isNew = batch !== null && !batchesOf(found).includes(batch)
  const refusal = (): TE.TaskEither<Unavailable, BatchRefusal | null> =>
    isNew ? deps.batches.refusalOf(tenantId, batch, actor) : TE.right(null)
  const joining = { receivedAt, receivedConfirmed, calendar: deps.calendar, batch }
  const once = () =>
    pipe(
      refusal(),
      TE.flatMap(refused => (refused === null ? TE.right(undefined) : TE.left(refused))),
      TE.flatMap(() =>
        actOnce(deps)({
          tenantId,
          id: found.id,
          actor,
          note: null,
          signIn: { caller, signIns: deps.signIns },
          decide: by => join({ by, at: deps.clock.now(), ...joining }),
        }),
      ),
    )
  const joined = await untilUncontested(once)()
  if (E.isRight(joined))
    return E.right({ request: joined.right, view: viewOf(deps)(joined.right), joined: true })
  const { left } = joined
  return left._tag === 'WrongState' || left._tag === 'RequestNotFound' ? null : E.left(left)
}

const decide = (
  deps: SubmitRemovalDeps,
  input: SubmitRemovalInput,
  at: Instant,
  profile: InboundSharedUserProfile,
  policy: TenantPolicy,
): E.Either<NotInbound | ReceivedInFuture | ReceivedLongAgo, Submission> => {
  const { tenantId, caller } = input.grant
  const requestId = deps.identifiers.requestId()
  const reference = deps.identifiers.actorReference()
  const salt = deps.identifiers.salt()
  const commitment = deps.digest.commitment(salt, tenantId, profile.userId)
  return pipe(
    submit({
      tenantId,
      id: requestId,
      subject: commitment,
      profile,
      by: reference,
      ...receiptOf(input, at),
      policy: policy.approval,
      expiresAfterDays: policy.expiresAfterDays,
      calendar: deps.calendar,
      holders: deps.dataHolders.of(tenantId).map(holder => holder.name),
      batch: input.batch,
    }),
    E.map(events => ({
      tenantId,
      requestId,
      events,
      subject: { commitment, userId: profile.userId, salt, homeTenantId: profile.homeTenantId },
      submitter: { reference, actor: actorOf(caller) },
    })),
  )
}

/** A request that was just recorded needs no look-up: everybody in it is at hand. */
const viewOfNew = (submission: Submission, request: RemovalRequest): RemovalRequestView => ({
  request,
  userId: submission.subject.userId,
  actors: new Map([[submission.submitter.reference, submission.submitter.actor]]),
  note: null,
})
