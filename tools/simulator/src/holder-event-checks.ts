import {
  addSeconds,
  countedSince,
  type HolderName,
  type Instant,
  type LastLook,
  type ReadBackResult,
  type RemovalEvent,
  type RemovalEventOf,
  type RemovalRequest,
  type RetrySchedule,
  secondsBetween,
} from '@lethe/domain'
import type { HolderLedger, Saying } from './holder-ledger.js'
import type { Violation } from './invariants.js'
import type { KnownRequest } from './known-requests.js'

/** How long holders are tried. */
export interface Schedules {
  readonly attempts: RetrySchedule
  readonly readBacks: RetrySchedule
}

/** Which sayings of holders bear out what is recorded of them: of each holder, one of these. */
const sayingsFor = (happened: RemovalEvent): ReadonlyArray<readonly [HolderName, ReadonlyArray<Saying>]> => {
  if (happened.type === 'holderCleared')
    return [
      [
        happened.data.holder,
        happened.data.result === 'removed' ? ['has removed'] : ['has nothing', 'reads absent'],
      ],
    ]
  if (happened.type === 'absenceSeen') return [[happened.data.holder, ['reads absent']]]
  if (happened.type === 'removalAbandoned')
    return happened.data.lastLook.map(({ holder, result }) => [holder, readingsFor[result]])
  return happened.type === 'readBackRecorded'
    ? [[happened.data.holder, readingsFor[happened.data.result]]]
    : []
}

/** Nothing need bear out that a holder could not be read. */
const readingsFor: Record<ReadBackResult | LastLook['result'], ReadonlyArray<Saying>> = {
  absent: ['reads absent'],
  present: ['reads present'],
  notSupported: ['cannot be read'],
  unknown: [],
  notLooked: [],
}

/** @param since the moment at which the removal was started. */
export const checkSaying = (
  ledger: HolderLedger,
  { tenantId, userId, label }: KnownRequest,
  happened: RemovalEvent,
  since: number,
): Violation | null => {
  const unsaid = sayingsFor(happened).find(
    ([holder, ways]) =>
      ways.length > 0 && !ways.some(way => ledger.hasSaid({ holder, tenantId, userId }, way, since)),
  )
  return unsaid === undefined
    ? null
    : { invariant: 'holderSaidSo', saw: `${label} has it that ${unsaid[0]} ${unsaid[1].join(' or ')}` }
}

/** Looks in a row that found nothing: the last ones, after the removal started. */
const lastAbsences = (events: ReadonlyArray<RemovalEvent>, holder: HolderName): ReadonlyArray<Instant> =>
  events.reduce<ReadonlyArray<Instant>>((seen, happened) => {
    if (!('holder' in happened.data) || happened.data.holder !== holder) return seen
    if (happened.type === 'absenceSeen') return [...seen, happened.at]
    if (happened.type !== 'readBackRecorded') return happened.type === 'holderFailed' ? [] : seen
    switch (happened.data.result) {
      case 'absent':
        return [...seen, happened.at]
      case 'unknown':
        return seen
      case 'present':
      case 'notSupported':
        return []
    }
  }, [])

/** Whether every holder was found without the person as often, and over as long, as the removal that was started asks for. */
export const checkAbsence = ({ label, events, request }: KnownRequest): Violation | null => {
  const start = events.find(({ type }) => type === 'removalStarted')
  const { absenceLooks = 1, absenceSeconds = 0 } = start?.type === 'removalStarted' ? start.data : {}
  const tooFew = request.holders.filter(({ name, state }) => {
    const seen = lastAbsences(events, name)
    const [first, last] = [seen[0], seen.at(-1)]
    const seconds = first === undefined || last === undefined ? 0 : secondsBetween(first, last)
    const isEnough = seen.length >= absenceLooks && (absenceLooks === 1 || seconds >= absenceSeconds)
    return state === 'verifiedAbsent' && !isEnough
  })
  return tooFew.length === 0
    ? null
    : {
        invariant: 'absenceKeepsItsRule',
        saw: `${label} is done, and ${tooFew.map(({ name }) => name).join()} was looked at too rarely`,
      }
}

/** @param before the request before the event. */
export const checkNextTry = (
  schedules: Schedules,
  { label }: KnownRequest,
  happened: RemovalEventOf<'holderAttemptFailed'> | RemovalEventOf<'readBackRecorded'>,
  before: RemovalRequest | undefined,
): Violation | null => {
  const next = happened.type === 'readBackRecorded' ? happened.data.nextAt : happened.data.retryAt
  if (next === null || (before?.state !== 'removing' && before?.state !== 'verifying')) return null
  const schedule = before.state === 'removing' ? schedules.attempts : schedules.readBacks
  const since = countedSince(before, happened.data.holder, happened.at)
  const lastTry = addSeconds(since, schedule.giveUpAfterSeconds)
  const isPatient = next >= earlier(before.job.notBefore ?? next, lastTry)
  return next <= lastTry && isPatient
    ? null
    : {
        invariant: 'triesKeepTheirTime',
        saw: `${label} is tried again at ${next}, given up at ${lastTry}, and was to wait until ${before.job.notBefore}`,
      }
}

const earlier = (one: Instant, other: Instant): Instant => (one < other ? one : other)

/** @param before the request before it failed. */
export const checkSettled = (
  { label }: KnownRequest,
  { data }: RemovalEventOf<'removalFailed'>,
  before: RemovalRequest | undefined,
): Violation | null => {
  if (data.holder === null || before === undefined) return null
  const open = before.state === 'removing' ? 'pending' : 'cleared'
  const left = before.holders.filter(({ state }) => state === open)
  return left.length === 0
    ? null
    : {
        invariant: 'failureIsSettled',
        saw: `${label} fails, and ${left.map(({ name }) => name).join()} is not done`,
      }
}
