import { randomUUID } from 'node:crypto'
import { randomIdentifiers, sha256Digest, systemClock } from '@lethe/adapter-system'
import {
  type ActorReference,
  approve,
  type BatchId,
  deny,
  evolve,
  HolderName,
  join,
  oneLook,
  PositiveInteger,
  recordHolderResult,
  recordReadBack,
  type RemovalEvent,
  type RemovalRequest,
  type RetrySchedule,
  saturdayAndSunday,
  seal,
  start,
  submit,
  UserId,
  withdraw,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { StoredRequest } from '../../src/checks/seen.js'
import { made } from '../../src/made.js'
import { homeTenant, tenants } from '../../src/world/cast.js'

/** A step of a history, which a person or the worker takes. */
export type Step =
  | 'approve by megan'
  | 'approve by isaiah'
  | 'deny'
  | 'withdraw'
  | 'start'
  | 'remove'
  | 'readBack'

const at = systemClock.now()
const holder = made(HolderName, 'graph')
const schedule: RetrySchedule = {
  firstDelaySeconds: 1,
  factor: 2,
  longestDelaySeconds: 8,
  giveUpAfterSeconds: 60,
}
const [tenantId] = tenants

/** People by name, and the references that stand for them in one request. */
export const userIds = {
  adele: made(UserId, randomUUID()),
  megan: made(UserId, randomUUID()),
  isaiah: made(UserId, randomUUID()),
}
type Name = keyof typeof userIds
type References = Readonly<Record<Name, ActorReference>>

/** What somebody decides about a request: what happened by it, or why not. */
type Decision = (request: RemovalRequest) => E.Either<unknown, ReadonlyArray<RemovalEvent>>

/** A request with the history that decisions of the domain give it, as it would be stored. */
export const storedAfter = (
  steps: ReadonlyArray<Step>,
  batch: BatchId | null = null,
  joined: BatchId | null = null,
): StoredRequest => {
  if (tenantId === undefined) throw new Error('There is a tenant')
  const subject = made(UserId, randomUUID())
  const requestId = randomIdentifiers.requestId()
  const references: References = {
    adele: randomIdentifiers.actorReference(),
    megan: randomIdentifiers.actorReference(),
    isaiah: randomIdentifiers.actorReference(),
  }
  const submitted = submit({
    tenantId,
    id: requestId,
    subject: sha256Digest.commitment(randomIdentifiers.salt(), tenantId, subject),
    profile: { userId: subject, homeTenantId: homeTenant, displayName: '', userPrincipalName: '' },
    by: references.adele,
    at,
    receivedAt: at,
    policy: { mode: 'approvers', required: made(PositiveInteger, 2) },
    expiresAfterDays: null,
    calendar: saturdayAndSunday,
    holders: [holder],
    batch,
  })
  if (E.isLeft(submitted)) throw new Error('The submission was refused')
  const events: Array<RemovalEvent> = [...submitted.right]
  if (joined !== null) events.push(...eventsOf(joining(references.adele, joined), events))
  for (const step of steps) events.push(...eventsOf(decisionOf(step, references), events))
  return {
    tenantId,
    requestId,
    subject,
    batch,
    joined: joined === null ? [] : [joined],
    dueAt: folded(events).dueAt,
    ...sealed(events),
    people: new Map(names.map(name => [references[name], userIds[name]])),
  }
}

const joining = (by: ActorReference, batch: BatchId): Decision =>
  join({ by, at, receivedAt: null, calendar: saturdayAndSunday, batch })

const names: ReadonlyArray<Name> = ['adele', 'megan', 'isaiah']

/** What is stored of events, chained as they are, whether anybody could have decided them or not. */
export const sealed = (
  events: ReadonlyArray<RemovalEvent>,
): Pick<StoredRequest, 'version' | 'headHash' | 'state' | 'events' | 'endedAs'> => {
  const chain = seal(sha256Digest.envelope)(null, events)
  const last = chain.at(-1)
  const request = folded(events)
  if (last === undefined) throw new Error('There is an event')
  const open = ['pendingApproval', 'approved', 'removing', 'verifying', 'failed'].includes(request.state)
  return {
    version: last.envelope.sequence,
    headHash: last.hash,
    state: request.state,
    events: chain,
    endedAs: open ? null : request.id,
  }
}

const folded = (events: ReadonlyArray<RemovalEvent>): RemovalRequest => {
  const request = events.reduce<RemovalRequest | null>(evolve, null)
  if (request === null) throw new Error('The events fold to nothing')
  return request
}

const eventsOf = (decide: Decision, before: ReadonlyArray<RemovalEvent>): ReadonlyArray<RemovalEvent> => {
  const decided = decide(folded(before))
  if (E.isLeft(decided)) throw new Error('A step was refused')
  return decided.right
}

const decisionOf = (step: Step, by: References): Decision => {
  switch (step) {
    case 'approve by megan':
      return approve({ by: by.megan, guest: false, at })
    case 'approve by isaiah':
      return approve({ by: by.isaiah, guest: false, at })
    case 'deny':
      return deny({ by: by.megan, code: 'duplicate', note: null, at })
    case 'withdraw':
      return withdraw({ by: by.adele, reach: 'own', at })
    case 'start':
      return start({ holders: [holder], absence: oneLook, at })
    case 'remove':
      return recordHolderResult({ holder, result: { kind: 'removed' }, called: true, schedule, at })
    case 'readBack':
      return recordReadBack({ holder, result: { kind: 'absent' }, removalRepeated: false, schedule, at })
  }
}
