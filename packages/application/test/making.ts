import {
  ActorReference,
  approve,
  approverRole,
  AppId,
  authorize,
  callerFromClaims,
  contracts,
  evolve,
  type Grant,
  HolderName,
  type InboundSharedUserProfile,
  Instant,
  type Job,
  type Operation,
  permission,
  type RemovalEvent,
  type RemovalRequest,
  RemovalRequestId,
  type RetrySchedule,
  Salt,
  saturdayAndSunday,
  SubjectCommitment,
  submit,
  TenantId,
  type UnreadableRequest,
  UserId,
} from '@lethe/domain'
import type * as E from 'fp-ts/lib/Either.js'
import type { Clock } from '../src/index.js'
import { decoded, rightOf } from '../src/testing/index.js'

/** The n-th of all GUIDs. */
export const guid = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

export const tenantId: TenantId = decoded(TenantId, guid(1))
export const userId: UserId = decoded(UserId, guid(2))
export const requestId: RemovalRequestId = decoded(RemovalRequestId, guid(3))
export const salt: Salt = decoded(Salt, 'a'.repeat(64))
export const commitment: SubjectCommitment = decoded(SubjectCommitment, 'b'.repeat(64))
export const graph: HolderName = decoded(HolderName, 'graph')
export const start: Instant = decoded(Instant, '2026-03-02T09:00:00Z')
export const clock: Clock = { now: () => start }

export const referenceOf = (n: number): ActorReference => decoded(ActorReference, guid(n))
export const [submitter, approver] = [referenceOf(10), referenceOf(11)] as const
const appId: AppId = decoded(AppId, guid(4))

export const schedule: RetrySchedule = {
  firstDelaySeconds: 60,
  factor: 2,
  longestDelaySeconds: 3600,
  giveUpAfterSeconds: 86_400,
}

export const profile: InboundSharedUserProfile = {
  userId,
  userPrincipalName: 'bob@fabrikam.example',
  displayName: 'Bob',
  homeTenantId: decoded(TenantId, guid(5)),
}

/** What the domain decides to record of a new request. */
const submission: ReadonlyArray<RemovalEvent> = rightOf(
  submit({
    tenantId,
    id: requestId,
    subject: commitment,
    profile,
    by: submitter,
    at: start,
    receivedAt: start,
    policy: { mode: 'approvers', required: 1 },
    expiresAfterDays: null,
    calendar: saturdayAndSunday,
    holders: [graph],
    batch: null,
  }),
)

/** The request after more events. */
export const after = (
  request: RemovalRequest | null,
  events: ReadonlyArray<RemovalEvent>,
): RemovalRequest => {
  const next = events.reduce<RemovalRequest | null>(evolve, request)
  if (next === null) throw new Error('The events of the test make no request')
  return next
}

/** The request after a decision. */
export const decidedOn = (
  request: RemovalRequest,
  decide: (request: RemovalRequest) => E.Either<unknown, ReadonlyArray<RemovalEvent>>,
): RemovalRequest => after(request, rightOf(decide(request)))

export const pending: RemovalRequest = after(null, submission)
export const approved: RemovalRequest = decidedOn(pending, approve({ by: approver, guest: false, at: start }))

export const job: Job = {
  name: 'performRemoval',
  tenantId,
  requestId,
  causedBy: approved.version,
  notBefore: null,
}

/** A grant of somebody who may do everything. */
export const granted = <O extends Operation>(operation: O, oid: string = guid(20)): Grant<O> =>
  rightOf(
    authorize(contracts.seed)(operation)(
      rightOf(
        callerFromClaims({
          tid: tenantId,
          oid,
          appid: appId,
          scp: Object.values(permission).join(' '),
          roles: [approverRole],
        }),
      ),
    ),
  )

/** What is left of a request whose history cannot be read. */
export const unreadableAs = ({ id, tenantId, batch, dueAt }: RemovalRequest): UnreadableRequest => ({
  state: 'unreadable',
  id,
  tenantId,
  batch,
  dueAt,
  reason: 'contentDiffers',
})
