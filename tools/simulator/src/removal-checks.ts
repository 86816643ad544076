import {
  type ActorReference,
  approvalsRequired,
  type HolderName,
  type Instant,
  type RemovalEvent,
  type Removing,
  type UserId,
  type Verifying,
} from '@lethe/domain'
import type { Invariant, Violation } from './invariants.js'
import type { KnownRequest } from './known-requests.js'
import type { SeenVersion } from './strand.js'

/** A holder is about to be asked to remove somebody. */
export interface RemovalCall {
  readonly holder: HolderName
  readonly userId: UserId
  /** The versions of the request that the caller knows; undefined where it never read it. */
  readonly seen: SeenVersion | undefined
}

/**
 * Whether a holder may be asked to remove somebody for a request, as it is stored when it is asked.
 *
 * Between reading a request and asking a holder a worker may be held up for any time, and the request may move on: be
 * completed by another worker, or fail and then be closed. What is guaranteed is that the request was being removed
 * or verified when the worker last read or changed it, which only an approved request that was started ever is. A
 * request that ended without having been started is never that of a call, whenever it was read.
 *
 * @param guests who may not approve.
 * @returns what is wrong; null where nothing is.
 */
export const checkRemovalCall = (
  known: KnownRequest | undefined,
  { holder, userId, seen }: RemovalCall,
  guests: ReadonlySet<UserId>,
): Violation | null => {
  const harmed = checkLeftAlone(known, seen)
  if (harmed !== null) return harmed
  if (known === undefined) return violated('removalIsApproved', 'there is no such request')
  const start = known.events.findIndex(({ type }) => type === 'removalStarted')
  const before = known.events.slice(0, Math.max(start, 0))
  const unapproved = checkApprovals(known, before, guests)
  if (unapproved !== null) return unapproved
  if (start === -1)
    return violated('removalIsApproved', `${known.label} is ${known.request.state}, and was never started`)
  const request = seen === undefined ? undefined : known.states[seen.latest - 1]
  if (request?.state !== 'removing' && request?.state !== 'verifying')
    return violated(
      'removalIsCurrent',
      `${known.label} was ${request?.state ?? 'never'} when it was last read`,
    )
  return userId === known.userId && isToBeAsked(request, holder)
    ? null
    : violated('removalIsPlanned', `${holder} is asked to remove ${userId} for ${known.label}`)
}

/** Whether a holder may be called for a request at all: not once the caller could have seen that it was tampered with. */
export const checkLeftAlone = (
  known: KnownRequest | undefined,
  seen: SeenVersion | undefined,
): Violation | null =>
  seen?.tampered === true
    ? violated('tamperedIsLeftAlone', `a holder is called for ${known?.label}, which was tampered with`)
    : null

/** Whether a holder is one that is to be asked: not done yet, or to be asked once more after a retry. */
const isToBeAsked = (request: Removing | Verifying, holder: HolderName): boolean =>
  request.state === 'removing'
    ? request.holders.some(({ name, state }) => name === holder && state === 'pending')
    : request.repeatIfPresent.includes(holder)

/**
 * Whether it is time for the next call, as far as any clock has ever shown. What counts is when the job began, which is
 * when the request was last loaded: what came of the holders before this one may have put off the next job already.
 */
export const checkTime = (
  known: KnownRequest | undefined,
  seen: SeenVersion | undefined,
  latestShown: Instant,
): Violation | null => {
  const request = seen === undefined ? undefined : known?.states[seen.loaded - 1]
  if (request === undefined || !('job' in request) || request.job.notBefore === null) return null
  return request.job.notBefore <= latestShown
    ? null
    : violated(
        'holderIsNotHurried',
        `${known?.label ?? 'a request'} was to wait until ${request.job.notBefore}`,
      )
}

const checkApprovals = (
  { events, label, people }: KnownRequest,
  before: ReadonlyArray<RemovalEvent>,
  guests: ReadonlySet<UserId>,
): Violation | null => {
  const [requested] = events
  if (requested?.type !== 'removalRequested') return violated('removalIsApproved', `${label} was never asked`)
  const approvers = before.flatMap(happened => (happened.type === 'approvalGiven' ? [happened.data.by] : []))
  const needed = approvalsRequired(requested.data.policy)
  if (!before.some(({ type }) => type === 'removalApproved') || approvers.length < needed)
    return violated('removalIsApproved', `${label} has ${approvers.length} approvals of ${needed}`)
  const persons = approvers.map(reference => people.get(reference))
  const submitter = people.get(requested.data.submittedBy)
  if (!areDifferent(approvers) || !areDifferent(persons) || persons.includes(undefined))
    return violated('fourEyes', `${label} was approved by ${persons.join(', ')}`)
  if (approvers.includes(requested.data.submittedBy) || persons.includes(submitter))
    return violated('fourEyes', `${label} was approved by whoever asked`)
  return persons.some(person => person !== undefined && guests.has(person))
    ? violated('fourEyes', `${label} was approved by a guest`)
    : null
}

const areDifferent = (list: ReadonlyArray<ActorReference | UserId | undefined>): boolean =>
  new Set(list).size === list.length

const violated = (invariant: Invariant, saw: string): Violation => ({ invariant, saw })
