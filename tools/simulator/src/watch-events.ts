import { isDeepStrictEqual } from 'node:util'
import type { ApprovalPolicies } from '@lethe/application'
import {
  askersOf,
  batchesOf,
  dueAt,
  type HolderName,
  isTimeUp,
  type PendingApproval,
  type RemovalEvent,
  type RemovalEventOf,
  type RemovalRequest,
  type RemovalRequestId,
  saturdayAndSunday,
} from '@lethe/domain'
import type { Deliveries } from './deliveries.js'
import {
  checkAbsence,
  checkNextTry,
  checkSaying,
  checkSettled,
  type Schedules,
} from './holder-event-checks.js'
import type { HolderPark } from './holder-park.js'
import type { Violation } from './invariants.js'
import type { KnownRequest, KnownRequests } from './known-requests.js'
import { orThrow } from './made.js'
import type { Stage } from './stage.js'

/** What recorded events are compared with. */
export interface Surroundings {
  readonly stage: Stage
  readonly known: KnownRequests
  readonly park: HolderPark
  readonly policies: ApprovalPolicies
  readonly deliveries: Deliveries
  readonly schedules: Schedules
}

/** Looks at what is recorded, when it is: what is said to be absent, for one, must be absent then. */
export const watchEvents = ({ stage, known: all, park, policies, deliveries, schedules }: Surroundings) => {
  const { report, tally } = stage
  const { ledger, of } = park
  const startedAt = new Map<RemovalRequestId, number>()

  const checkRequested = async (
    { tenantId, label }: KnownRequest,
    { at, data }: RemovalEventOf<'removalRequested'>,
  ): Promise<void> => {
    const { approval, expiresAfterDays } = orThrow(await policies.of(tenantId)())
    const isSame = isDeepStrictEqual(data.policy, approval)
    if (!isSame || (data.expiresAt === null) !== (expiresAfterDays === null))
      report('policyIsTheTenants', `${label} goes by ${JSON.stringify(data.policy)}, until ${data.expiresAt}`)
    if (data.receivedAt > at)
      report('policyIsTheTenants', `${label} was received at ${data.receivedAt}, after it was submitted`)
    if (data.expiresAt !== null && data.expiresAt < data.dueAt)
      report('policyIsTheTenants', `${label} expires at ${data.expiresAt}, before it is due at ${data.dueAt}`)
  }

  const checkDeadlines = ({ label, events, request, states }: KnownRequest): void => {
    const [earliest] = events
      .flatMap(({ data }) => ('receivedAt' in data && data.receivedAt !== undefined ? [data.receivedAt] : []))
      .toSorted()
    const due = earliest === undefined ? null : dueAt(saturdayAndSunday, earliest)
    const expires = states[0]?.expiresAt ?? null
    if (request.receivedAt !== earliest || request.dueAt !== due || request.expiresAt !== expires)
      report(
        'earliestReceiptCounts',
        `${label} was received at ${earliest}, and is due at ${request.dueAt}, until ${request.expiresAt}`,
      )
  }

  const checkJoined = (
    { label }: KnownRequest,
    { data }: RemovalEventOf<'requestJoined'>,
    before: RemovalRequest | undefined,
  ): void => {
    if (before === undefined) return
    const isEarlier = data.receivedAt !== undefined && data.receivedAt < before.receivedAt
    const isNew = data.batch !== undefined && !batchesOf(before).includes(data.batch)
    if (isEarlier !== (data.receivedAt !== undefined) || isNew !== (data.batch !== undefined))
      report('joinAddsSomething', `${label} was joined with what it had already`)
    if (!isEarlier && !isNew && askersOf(before).includes(data.by))
      report('joinAddsSomething', `${label} was joined by somebody who had asked for it already`)
  }

  const checkOutcome = (known: KnownRequest, { data }: RemovalEventOf<'removalCompleted'>): void => {
    const { id, tenantId, userId, label } = known
    const since = startedAt.get(id) ?? 0
    const holders = known.request.holders.map(({ name }) => name)
    const stillThere = holders.filter(holder =>
      ledger.contradictsAbsence({ holder, tenantId, userId }, since),
    )
    if (data.outcome === 'verifiedAbsent' && stillThere.length > 0)
      report(
        'absenceIsReal',
        `${label} is completed, and ${stillThere.join(', ')} was not seen without the person`,
      )
    const isUnreadable = (name: HolderName): boolean => of(name)?.conductOf(tenantId).readable === false
    if (holders.some(isUnreadable) !== (data.outcome === 'acceptedOnly'))
      report('absenceIsReal', `${label} is ${data.outcome}, and that is not what its holders can say`)
  }

  const checkFailure = (
    { id, label }: KnownRequest,
    { data }: RemovalEventOf<'removalFailed'>,
    before: RemovalRequest | undefined,
  ): void => {
    tally.count('failures', data.reason)
    if (data.reason === 'notApproved')
      report('removalIsApproved', `${label} was found approved without its approvals`)
    if (data.reason === 'subjectErased')
      report('openSubjectIsKept', `${label} was not at its end, and its person cannot be found`)
    if (data.reason === 'subjectDiffers' && !all.isExchanged(id))
      report('openSubjectIsKept', `${label} is said to be about somebody else, and nobody exchanged them`)
    if (data.reason === 'workerFailed' && before !== undefined && 'job' in before)
      if (!deliveries.isDead(before.job))
        report('onlyDeadJobsFail', `${label} is given up, and its job ${before.job.causedBy} is not dead`)
  }

  const checkTimely = (request: PendingApproval, { type, at }: RemovalEvent): void => {
    if (isTimeUp(request, at))
      report(
        'undecidedRequestExpires',
        `there is ${type} at ${at} where the time was up at ${request.expiresAt}`,
      )
  }

  const judge = (wrong: Violation | null): void => {
    if (wrong !== null) report(wrong.invariant, wrong.saw)
  }

  return async (known: KnownRequest, added: ReadonlyArray<RemovalEvent>): Promise<void> => {
    checkDeadlines(known)
    for (const happened of added) {
      const before = known.states[happened.sequence - 2]
      if (happened.type === 'removalRequested') await checkRequested(known, happened)
      if (happened.type === 'requestJoined') checkJoined(known, happened, before)
      if (happened.type === 'removalStarted') startedAt.set(known.id, ledger.moment())
      judge(checkSaying(ledger, known, happened, startedAt.get(known.id) ?? 0))
      if (happened.type === 'holderAttemptFailed' || happened.type === 'readBackRecorded')
        judge(checkNextTry(schedules, known, happened, before))
      if (happened.type === 'removalFailed') {
        checkFailure(known, happened, before)
        judge(checkSettled(known, happened, before))
      }
      if (happened.type === 'removalCompleted') {
        checkOutcome(known, happened)
        judge(checkAbsence(known))
      }
      if (before?.state === 'pendingApproval' && happened.type !== 'requestExpired')
        checkTimely(before, happened)
    }
  }
}
