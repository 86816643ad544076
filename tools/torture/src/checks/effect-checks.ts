import { ApprovalPolicy, ActorReference, approvalsRequired, type RemovalRequestId } from '@lethe/domain'
import type { Effect, HolderCall } from '../world/ledger.js'
import { type Seen, type StoredRequest, typesOf } from './seen.js'
import { type Violation, violation } from './violation.js'

/** What the holder was asked for and did, against what the histories allow. */
export const checkEffects = (seen: Seen): ReadonlyArray<Violation> => [
  ...[...firstCalls(seen.calls).values()]
    .filter(({ requestId }) => !seen.tampered.has(requestId))
    .flatMap(call => checkCall(call, seen.stored.get(call.requestId))),
  ...seen.effects
    .filter(({ requestId }) => !seen.tampered.has(requestId))
    .flatMap(effect => checkEffect(effect, seen.stored.get(effect.requestId))),
  ...checkCounts(seen),
]

/** The first call for each request: if that one was allowed, so are those after it. */
const firstCalls = (calls: ReadonlyArray<HolderCall>): ReadonlyMap<RemovalRequestId, HolderCall> => {
  const first = new Map<RemovalRequestId, HolderCall>()
  for (const call of calls) if (!first.has(call.requestId)) first.set(call.requestId, call)
  return first
}

const checkCall = (call: HolderCall, stored: StoredRequest | undefined): ReadonlyArray<Violation> => {
  const broken = (saw: string) => [violation('effectIsApproved', `${call.requestId}: ${saw}`)]
  if (stored === undefined) return broken('the holder was asked for a request that does not exist')
  if (stored.subject !== null && stored.subject !== call.userId)
    return broken('the holder was asked for another person')
  const types = typesOf(stored)
  // The clocks of processes are moved, and tell nothing: what the database held when the holder was asked does.
  if (call.eventsThen !== null && !call.eventsThen.includes('removalStarted'))
    return broken(`when the holder was asked there were only ${call.eventsThen.join(', ')}`)
  const started = types.indexOf('removalStarted')
  if (started === -1) return broken('the holder was asked before the removal started')
  return checkApprovals(stored, started, broken)
}

const checkApprovals = (
  stored: StoredRequest,
  started: number,
  broken: (saw: string) => ReadonlyArray<Violation>,
): ReadonlyArray<Violation> => {
  const before = stored.events.slice(0, started).map(({ envelope }) => envelope)
  const [requested] = before
  const policy = requested?.data['policy']
  if (!ApprovalPolicy.is(policy)) return broken('its first event names no policy')
  const personOf = (reference: unknown) =>
    ActorReference.is(reference) ? (stored.people.get(reference) ?? null) : null
  const approvers = before
    .filter(({ type }) => type === 'approvalGiven')
    .map(({ data }) => personOf(data['by']))
  const counted = new Set(approvers.filter(person => person !== personOf(requested?.data['submittedBy'])))
  const needed = approvalsRequired(policy)
  if (approvers.includes(null)) return broken('somebody unknown approved it')
  if (counted.size !== approvers.length) return broken('somebody approved it twice, or their own request')
  return counted.size < needed || !before.some(({ type }) => type === 'removalApproved')
    ? broken(`it had ${counted.size} of ${needed} approvals`)
    : []
}

const checkEffect = (effect: Effect, stored: StoredRequest | undefined): ReadonlyArray<Violation> =>
  stored !== undefined && typesOf(stored).includes('removalStarted')
    ? []
    : [
        violation(
          'effectIsWanted',
          `${effect.requestId}: data went, and the request is ${stored === undefined ? 'unknown' : stored.state}`,
        ),
      ]

const checkCounts = ({ stored, effects }: Seen): ReadonlyArray<Violation> => {
  const counts = new Map<string, number>()
  const keyOf = ({ tenantId, userId }: Pick<Effect, 'tenantId' | 'userId'>): string => `${tenantId} ${userId}`
  for (const effect of effects) counts.set(keyOf(effect), (counts.get(keyOf(effect)) ?? 0) + 1)
  const repeated = effects
    .filter(effect => (counts.get(keyOf(effect)) ?? 0) > 1)
    .map(effect => violation('oneEffect', `${effect.requestId}: the data of its person went more than once`))
  const missing = [...stored.values()]
    .filter(({ state }) => state === 'completed')
    .filter(({ tenantId, subject }) => subject !== null && !counts.has(keyOf({ tenantId, userId: subject })))
    .map(({ requestId }) =>
      violation('oneEffect', `${requestId}: completed, and the data of its person never went`),
    )
  return [...repeated, ...missing]
}
