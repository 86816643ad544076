import {
  type BatchId,
  type Grant,
  type InboundSharedUserProfile,
  type Instant,
  type NotInbound,
  type ReceivedInFuture,
  type RemovalRequest,
  submit,
  type UserId,
  type WorkingCalendar,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ApprovalPolicies, TenantPolicy } from '../ports/approval-policies.js'
import type { Batches } from '../ports/batches.js'
import type { DataHolders } from '../ports/data-holders.js'
import type { Clock, Digest, Identifiers } from '../ports/environment.js'
import type { InboundProfiles } from '../ports/inbound-profiles.js'
import type { Throttled, Unavailable } from '../ports/problems.js'
import type { RemovalRequests, Submission } from '../ports/removal-requests.js'
import { actorOf } from './acting.js'
import { type ProfileNotFound, profileNotFound } from './refusals.js'
import { type RemovalRequestView, type ViewDeps, viewOf } from './removal-request-view.js'

export interface SubmitRemovalDeps extends ViewDeps {
  readonly removalRequests: Pick<RemovalRequests, 'submit' | 'openFor'>
  readonly batches: Pick<Batches, 'requestFor'>
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
  /** When the person asked; null for now. */
  readonly receivedAt: Instant | null
  /** The batch that it is to be a part of; null for none. */
  readonly batch: BatchId | null
}

export type SubmitRemovalRefusal = ProfileNotFound | NotInbound | ReceivedInFuture | Throttled | Unavailable

export interface SubmittedRemoval {
  readonly request: RemovalRequest
  /** The request as it is shown: made only for whoever shows it. */
  readonly view: TE.TaskEither<Unavailable, RemovalRequestView>
  /** Whether the profile already had an open request, or one of the batch, and this is it. */
  readonly joined: boolean
}

export type SubmitRemoval = (
  input: SubmitRemovalInput,
) => TE.TaskEither<SubmitRemovalRefusal, SubmittedRemoval>

/**
 * Records a request to remove all personal data of an inbound shared user from the caller's tenant.
 *
 * A profile that is gone, or going, may still have an open request: a repeat joins it all the same. Within a batch a repeat joins
 * even a request that has ended, so that whoever was interrupted may send all of it again. Where the profile cannot be looked up,
 * nothing is recorded.
 */
export const submitRemoval =
  (deps: SubmitRemovalDeps): SubmitRemoval =>
  input =>
  async () => {
    const at = deps.clock.now()
    if (input.receivedAt !== null && input.receivedAt > at) return E.left({ _tag: 'ReceivedInFuture' })
    const found = await deps.inboundProfiles.get(input.grant.tenantId, input.userId)()
    if (E.isLeft(found)) return found
    return O.isNone(found.right) ? joinOpen(deps, input)() : record(deps, input, at, found.right.value)
  }

/** Written out and not piped: every request comes through here, and the pipe would cost as much as the decision. */
const record = async (
  deps: SubmitRemovalDeps,
  input: SubmitRemovalInput,
  at: Instant,
  profile: InboundSharedUserProfile,
): Promise<E.Either<SubmitRemovalRefusal, SubmittedRemoval>> => {
  const policy = await deps.approvalPolicies.of(input.grant.tenantId)()
  if (E.isLeft(policy)) return policy
  const submission = decide(deps, input, at, profile, policy.right)
  if (E.isLeft(submission)) return submission
  const recorded = await deps.removalRequests.submit(submission.right)()
  if (E.isLeft(recorded)) return recorded
  const { joined, request } = recorded.right
  return E.right(
    joined
      ? joinedTo(deps, request)
      : { request, view: TE.right(viewOfNew(submission.right, request)), joined },
  )
}

const joinOpen = (
  deps: SubmitRemovalDeps,
  { grant: { tenantId }, userId, batch }: SubmitRemovalInput,
): TE.TaskEither<SubmitRemovalRefusal, SubmittedRemoval> =>
  pipe(
    deps.removalRequests.openFor(tenantId, userId),
    TE.flatMap(open =>
      O.isSome(open) || batch === null
        ? TE.right<Unavailable, O.Option<RemovalRequest>>(open)
        : deps.batches.requestFor(tenantId, batch, userId),
    ),
    TE.flatMap(found => TE.fromOption(() => profileNotFound(userId))(found)),
    TE.map(request => joinedTo(deps, request)),
  )

const joinedTo = (deps: SubmitRemovalDeps, request: RemovalRequest): SubmittedRemoval => ({
  request,
  view: viewOf(deps)(request),
  joined: true,
})

const decide = (
  deps: SubmitRemovalDeps,
  { grant: { tenantId, caller }, receivedAt, batch }: SubmitRemovalInput,
  at: Instant,
  profile: InboundSharedUserProfile,
  policy: TenantPolicy,
): E.Either<NotInbound | ReceivedInFuture, Submission> => {
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
      at,
      receivedAt: receivedAt ?? at,
      policy: policy.approval,
      expiresAfterDays: policy.expiresAfterDays,
      calendar: deps.calendar,
      holders: deps.dataHolders.of(tenantId).map(holder => holder.name),
      batch,
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
  denialNote: null,
})
