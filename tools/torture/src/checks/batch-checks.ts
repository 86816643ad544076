import { hash } from 'node:crypto'
import { ActorReference } from '@lethe/domain'
import type { BatchAttempt } from '../load/batches.js'
import type { Seen, ServedBatch, StoredRequest } from './seen.js'
import { type Violation, violation } from './violation.js'

/** Batches, from what is stored of their requests, what is served of them, and what clients did with them. */
export const checkBatches = (seen: Seen): ReadonlyArray<Violation> => {
  const inBatches = [...seen.stored.values()].filter(({ batch }) => batch !== null)
  return [
    ...checkMembers([...seen.stored.values()]),
    ...seen.batches.flatMap(batch =>
      checkServed(
        batch,
        inBatches.filter(one => one.tenantId === batch.tenantId && one.batch === batch.id),
      ),
    ),
    ...inBatches.flatMap(request => checkDecisions(request, seen.batchAttempts)),
    ...seen.batchAttempts.flatMap(attempt => checkDone(attempt, seen)),
  ]
}

const checkMembers = (requests: ReadonlyArray<StoredRequest>): ReadonlyArray<Violation> => {
  const members = new Map<string, string>()
  return requests.flatMap(({ tenantId, batch, subject, requestId, events }) => {
    const misplaced =
      (events[0]?.envelope.data['batch'] ?? null) === batch
        ? []
        : [violation('projectionIsFold', `${requestId} is found in another batch than it was submitted to`)]
    if (subject === null || batch === null) return misplaced
    const key = `${tenantId} ${batch} ${subject}`
    const rival = members.get(key)
    members.set(key, requestId)
    return rival === undefined
      ? misplaced
      : [...misplaced, violation('oneRequestInBatch', `${requestId} and ${rival} are about one profile`)]
  })
}

const checkServed = (
  { id, here, elsewhere }: ServedBatch,
  members: ReadonlyArray<StoredRequest>,
): ReadonlyArray<Violation> => {
  const broken = (saw: string) => [violation('batchIsServedAsStored', `${id}: ${saw}`)]
  if (elsewhere) return broken('it is shown to another tenant')
  if (here === null)
    return members.length === 0 ? [] : broken(`it holds ${members.length} requests, and is not found`)
  const ids = members.map(({ requestId }) => requestId).toSorted()
  if (here.count !== ids.length) return broken(`it is said to hold ${here.count}, and holds ${ids.length}`)
  if (here.digest !== hash('sha256', ids.map(one => `${one}\n`).join('')))
    return broken('its digest is that of another one')
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
        attempt.told !== 'changed' &&
        decisionOf[attempt.route] === type &&
        attempt.members.has(requestId),
    )
    return isWanted
      ? []
      : [violation('batchDecidesWhatWasShown', `${requestId} has ${type} by somebody who did not see it`)]
  })

const checkDone = (
  { tenantId, id, members, route, by, told }: BatchAttempt,
  { stored }: Seen,
): ReadonlyArray<Violation> =>
  told !== 'done'
    ? []
    : [...members].flatMap(requestId => {
        const request = stored.get(requestId)
        const broken = (saw: string) => [violation('acknowledgedBatchIsDecided', `${requestId} ${saw}`)]
        if (request?.tenantId !== tenantId || request.batch !== id)
          return broken('was shown, and is not in the batch')
        if (request.state !== 'pendingApproval') return []
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
