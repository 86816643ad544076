import { hash } from 'node:crypto'
import { ActorReference } from '@lethe/domain'
import type { BatchAttempt } from '../load/batches.js'
import { batchesOfStored, type Seen, type ServedBatch, type StoredBatch, type StoredRequest } from './seen.js'
import { type Violation, violation } from './violation.js'

/** Batches, from what is stored of their requests, what is served of them, and what clients did with them. */
export const checkBatches = (seen: Seen): ReadonlyArray<Violation> => {
  const requests = [...seen.stored.values()]
  const inBatches = requests.filter(request => batchesOfStored(request).length > 0)
  return [
    ...checkMembers(requests),
    ...seen.batches.flatMap(batch => checkServed(batch, membersOf(requests, batch))),
    ...seen.storedBatches.flatMap(batch => checkMade(batch, membersOf(requests, batch))),
    ...inBatches
      .filter(({ requestId }) => !seen.tampered.has(requestId))
      .flatMap(request => checkDecisions(request, seen.batchAttempts)),
    ...seen.batchAttempts.flatMap(attempt => checkDone(attempt, seen)),
  ]
}

/** In ascending order. */
const membersOf = (
  requests: ReadonlyArray<StoredRequest>,
  { tenantId, id }: Pick<StoredBatch, 'tenantId' | 'id'>,
): ReadonlyArray<StoredRequest> =>
  requests
    .filter(request => request.tenantId === tenantId && batchesOfStored(request).includes(id))
    .toSorted((one, other) => (one.requestId < other.requestId ? -1 : 1))

const checkMembers = (requests: ReadonlyArray<StoredRequest>): ReadonlyArray<Violation> => {
  const members = new Map<string, string>()
  return requests.flatMap(request =>
    batchesOfStored(request).flatMap(batch => {
      const { tenantId, subject, requestId } = request
      if (subject === null) return []
      const key = `${tenantId} ${batch} ${subject}`
      const rival = members.get(key)
      members.set(key, requestId)
      return rival === undefined
        ? []
        : [violation('oneRequestInBatch', `${requestId} and ${rival} are about one profile`)]
    }),
  )
}

/** Each request of a batch was added by the one who made it, and none once it was closed. */
const checkMade = (
  { id, maker, closedWith }: StoredBatch,
  members: ReadonlyArray<StoredRequest>,
): ReadonlyArray<Violation> => {
  const who = members.flatMap(({ people }) => people.get(maker) ?? [])[0]
  const strangers = members.filter(({ events, people }) =>
    events.some(
      ({ envelope: { data } }) =>
        data['batch'] === id && personOf(people, data['submittedBy'] ?? data['by']) !== who,
    ),
  )
  return [
    ...strangers.map(({ requestId }) =>
      violation('batchHasOneMaker', `${requestId} was added to ${id} by somebody else`),
    ),
    ...(closedWith === null || closedWith === digestOf(members)
      ? []
      : [
          violation(
            'closedBatchStays',
            `${id} holds ${members.length} requests, and others when it was closed`,
          ),
        ]),
  ]
}

const digestOf = (members: ReadonlyArray<StoredRequest>): string =>
  hash('sha256', members.map(({ requestId }) => `${requestId}\n`).join(''))

const checkServed = (
  { id, here, elsewhere }: ServedBatch,
  members: ReadonlyArray<StoredRequest>,
): ReadonlyArray<Violation> => {
  const broken = (saw: string) => [violation('batchIsServedAsStored', `${id}: ${saw}`)]
  if (elsewhere) return broken('it is shown to another tenant')
  if (here === null)
    return members.length === 0 ? [] : broken(`it holds ${members.length} requests, and is not found`)
  if (here.count !== members.length)
    return broken(`it is said to hold ${here.count}, and holds ${members.length}`)
  if (here.digest !== digestOf(members)) return broken('its digest is that of another one')
  const states = new Map<string, number>()
  for (const { state } of members) states.set(state, (states.get(state) ?? 0) + 1)
  return here.states.length === states.size &&
    here.states.every(({ state, count }) => states.get(state) === count)
    ? []
    : broken('its requests are in other states than it says')
}

const decisionOf = { approveBatch: 'approvalGiven', denyBatch: 'removalDenied' } as const

/** Nobody decides these one by one: each decision must be of a batch as it was shown, and not of one that was refused. */
const checkDecisions = (
  { tenantId, requestId, events, people }: StoredRequest,
  attempts: ReadonlyArray<BatchAttempt>,
): ReadonlyArray<Violation> =>
  events.flatMap(({ envelope: { type, data } }) => {
    if (type !== 'approvalGiven' && type !== 'removalDenied') return []
    const by = personOf(people, data['by'])
    const isWanted = attempts.some(
      attempt =>
        attempt.tenantId === tenantId &&
        attempt.by === by &&
        attempt.told !== 'refused' &&
        decisionOf[attempt.route] === type &&
        attempt.members.has(requestId),
    )
    return isWanted
      ? []
      : [violation('batchDecidesWhatWasShown', `${requestId} has ${type} by somebody who did not see it`)]
  })

const checkDone = (
  { tenantId, id, members, route, by, told }: BatchAttempt,
  { stored, tampered }: Seen,
): ReadonlyArray<Violation> =>
  told !== 'done'
    ? []
    : [...members].flatMap(requestId => {
        const request = stored.get(requestId)
        const broken = (saw: string) => [violation('acknowledgedBatchIsDecided', `${requestId} ${saw}`)]
        if (request?.tenantId !== tenantId || !batchesOfStored(request).includes(id))
          return broken('was shown, and is not in the batch')
        if (request.state !== 'pendingApproval' || tampered.has(requestId)) return []
        const { events, people } = request
        const isTheirs = personOf(people, events[0]?.envelope.data['submittedBy']) === by
        if (isTheirs && route === 'approveBatch') return []
        return events.some(
          ({ envelope }) =>
            envelope.type === decisionOf[route] && personOf(people, envelope.data['by']) === by,
        )
          ? []
          : broken(`waits for whoever was told that ${route} is done`)
      })

const personOf = (people: StoredRequest['people'], reference: unknown) =>
  ActorReference.is(reference) ? people.get(reference) : undefined
