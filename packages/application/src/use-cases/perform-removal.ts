import {
  type AbsenceRule,
  addSeconds,
  type BlockedBy,
  fail,
  type FailureReason,
  type HolderName,
  type HolderProgress,
  type Instant,
  isStale,
  type Job,
  nextTry,
  recordBlock,
  recordHolderResult,
  recordReadBack,
  type RemovalEvent,
  type RemovalRefusal,
  type RemovalRequest,
  type Removing,
  type RetrySchedule,
  start,
  type UnreadableReason,
  type UserId,
  type Verifying,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataHolder, DataHolders } from '../ports/data-holders.js'
import type { Clock } from '../ports/environment.js'
import type { Unavailable, VersionConflict } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'
import { attemptAt, lookAt, type Wait } from './asking-holders.js'
import { appendEvents } from './recording.js'
import type { FindPerson } from './removal-request-view.js'

export interface PerformRemovalDeps {
  readonly removalRequests: Pick<RemovalRequests, 'load' | 'append'>
  readonly findPerson: FindPerson
  readonly dataHolders: DataHolders
  readonly clock: Clock
  /** When a holder that could not be asked is asked again. */
  readonly attempts: RetrySchedule
  /** When a holder is read again that still had the data. */
  readonly readBacks: RetrySchedule
  /** When a profile counts as gone; a removal keeps to what held when it started. */
  readonly absence: AbsenceRule
}

/** What is to become of the job. */
export type Performed =
  /** Nothing is left of it: either the request has ended, or what comes next is a job of its own. */
  | { readonly kind: 'finished' }
  /** Its request cannot be read: nothing is done, and somebody has to look into it. */
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason }
  /** The store names another person than the history commits to: the request failed without a call. */
  | { readonly kind: 'subjectDiffers' }
  /** It came too early, or a holder was not to be called yet. */
  | { readonly kind: 'postponed'; readonly until: Instant }

export type PerformRemoval = (input: { readonly job: Job }) => TE.TaskEither<Unavailable, Performed>

const finished: Performed = { kind: 'finished' }

/** How often the work is taken up anew because another worker was faster, before the job goes back to the queue. */
const mostTries = 5

/**
 * Does what an approved request calls for: start, ask each holder to remove, read back, complete or fail.
 *
 * Safe to run again at any point, and by several at once: every step is recorded before the next, on the version that
 * it was decided on. Only calls to holders may repeat.
 */
export const performRemoval =
  (deps: PerformRemovalDeps): PerformRemoval =>
  ({ job }) =>
    performOnce(deps, job, mostTries)

const performOnce = (
  deps: PerformRemovalDeps,
  job: Job,
  triesLeft: number,
): TE.TaskEither<Unavailable, Performed> =>
  pipe(
    deps.removalRequests.load(job.tenantId, job.requestId),
    TE.flatMap((found): Step<Performed> => {
      if (O.isNone(found)) return TE.right(finished)
      return found.value.state === 'unreadable'
        ? TE.right({ kind: 'unreadable', reason: found.value.reason })
        : proceed(deps, job, found.value)
    }),
    TE.orElse(problem => {
      if (problem._tag === 'Unavailable') return TE.left(problem)
      return triesLeft > 1
        ? performOnce(deps, job, triesLeft - 1)
        : TE.left<Unavailable>({ _tag: 'Unavailable', retryAfterSeconds: 1 })
    }),
  )

type Step<A> = TE.TaskEither<Unavailable | VersionConflict, A>

const proceed = (deps: PerformRemovalDeps, job: Job, request: RemovalRequest): Step<Performed> => {
  switch (request.state) {
    case 'approved':
    case 'removing':
    case 'verifying':
      if (isStale(request, job)) return TE.right(finished)
      if (request.job.notBefore !== null && request.job.notBefore > deps.clock.now())
        return TE.right({ kind: 'postponed', until: request.job.notBefore })
      return work(deps, job, request)
    case 'pendingApproval':
    case 'completed':
    case 'failed':
    case 'denied':
    case 'withdrawn':
    case 'abandoned':
    case 'expired':
      return TE.right(finished)
  }
}

const work = (deps: PerformRemovalDeps, job: Job, request: RemovalRequest): Step<Performed> =>
  pipe(
    deps.findPerson(request),
    TE.flatMap((userId): Step<Performed> => {
      const failed = (reason: FailureReason): Step<RemovalRequest> =>
        append(deps, request, fail({ reason, at: deps.clock.now() })(request))
      switch (userId) {
        case null:
          return TE.map(() => finished)(failed('subjectErased'))
        case 'differs':
          return TE.map((): Performed => ({ kind: 'subjectDiffers' }))(failed('subjectDiffers'))
        default:
          return pipe(
            removeEverywhere(deps, request, userId),
            TE.map(worked => performed(job, worked)),
          )
      }
    }),
  )

/** A job that was put off is still the job of its request, unless what another holder answered calls for the next one. */
const performed = (job: Job, { request, putOffUntil }: Worked): Performed =>
  putOffUntil !== null && 'job' in request && !isStale(request, job)
    ? { kind: 'postponed', until: putOffUntil }
    : finished

/** How far the work has come. */
interface Worked {
  readonly request: RemovalRequest
  /** The first moment at which a holder that was not to be called yet may be; null where there is none. */
  readonly putOffUntil: Instant | null
}

const notPutOff = (request: RemovalRequest): Worked => ({ request, putOffUntil: null })

const removeEverywhere = (deps: PerformRemovalDeps, request: RemovalRequest, userId: UserId): Step<Worked> =>
  pipe(
    request.state === 'approved' ? begin(deps, request) : TE.right(request),
    TE.map(notPutOff),
    TE.flatMap(started => eachHolder(started, holder => removeFrom(deps, holder, userId))),
    TE.flatMap(removed => eachHolder(removed, holder => readBackFrom(deps, holder, userId))),
  )

/** Starts the removal. A request that is approved without its approvals was tampered with: that ends it, with the reason. */
const begin = (deps: PerformRemovalDeps, request: RemovalRequest): Step<RemovalRequest> => {
  const at = deps.clock.now()
  const holders = deps.dataHolders.of(request.tenantId).map(holder => holder.name)
  const started = start({ holders, absence: deps.absence, at })(request)
  return append(
    deps,
    request,
    E.isLeft(started) && started.left._tag === 'NotApproved'
      ? fail({ reason: 'notApproved', at })(request)
      : started,
  )
}

/** Takes the holders of a request one after the other, each on the state that the one before left. */
const eachHolder = (
  worked: Worked,
  step: (holder: HolderProgress) => (worked: Worked) => Step<Worked>,
): Step<Worked> =>
  worked.request.holders.reduce<Step<Worked>>(
    (before, holder) =>
      pipe(
        before,
        TE.flatMap(current => step(holder)(current)),
      ),
    TE.right(worked),
  )

const removeFrom =
  (deps: PerformRemovalDeps, { name, state }: HolderProgress, userId: UserId) =>
  (worked: Worked): Step<Worked> => {
    const { request } = worked
    return request.state !== 'removing' || state !== 'pending'
      ? TE.right(worked)
      : pipe(
          TE.fromTask(attemptAt(holderOf(deps, request, name), request, userId)),
          TE.flatMap(({ notYet, ...attempt }) => {
            const at = deps.clock.now()
            return putOff(deps, worked, name, untilOf(request, name, deps.attempts, at, notYet), () =>
              recordHolderResult({ holder: name, ...attempt, schedule: deps.attempts, at })(request),
            )
          }),
        )
  }

const readBackFrom =
  (deps: PerformRemovalDeps, { name, state }: HolderProgress, userId: UserId) =>
  (worked: Worked): Step<Worked> => {
    const { request } = worked
    return request.state !== 'verifying' || state !== 'cleared'
      ? TE.right(worked)
      : pipe(
          TE.fromTask(lookAt(holderOf(deps, request, name), request, userId)),
          TE.flatMap(({ notYet, ...look }) => {
            const at = deps.clock.now()
            return putOff(deps, worked, name, untilOf(request, name, deps.readBacks, at, notYet), () =>
              recordReadBack({ holder: name, ...look, schedule: deps.readBacks, at })(request),
            )
          }),
        )
  }

/** A wait that is no longer is not worth a word in the history, in seconds. */
const longestPutOffSeconds = 300

/** Until when to wait, and what for. */
interface Until {
  readonly at: Instant
  readonly blockedBy: BlockedBy | null
}

/**
 * @returns until when to wait with what is not to be done yet; null where it is to be recorded, as it is where there is no time
 * left. A block has no limit.
 */
const untilOf = (
  request: Removing | Verifying,
  name: HolderName,
  schedule: RetrySchedule,
  now: Instant,
  notYet: Wait | null,
): Until | null => {
  if (notYet === null) return null
  const { seconds, blockedBy } = notYet
  if (blockedBy !== null) return { at: addSeconds(now, seconds), blockedBy }
  const at = seconds > longestPutOffSeconds ? null : nextTry(request, name, schedule, now, seconds)
  return at === null ? null : { at, blockedBy }
}

/** Puts off what is not to be done yet, or records what was. That everybody is held back is recorded, once in a while. */
const putOff = (
  deps: PerformRemovalDeps,
  { request, putOffUntil }: Worked,
  name: HolderName,
  until: Until | null,
  decision: () => E.Either<RemovalRefusal, ReadonlyArray<RemovalEvent>>,
): Step<Worked> => {
  const recorded = (decided: E.Either<RemovalRefusal, ReadonlyArray<RemovalEvent>>) =>
    append(deps, request, decided)
  if (until === null)
    return pipe(
      recorded(decision()),
      TE.map(after => ({ request: after, putOffUntil })),
    )
  const { at, blockedBy } = until
  const earliest = putOffUntil !== null && putOffUntil < at ? putOffUntil : at
  if (blockedBy === null) return TE.right({ request, putOffUntil: earliest })
  const block = { holder: name, blockedBy, retryAt: at, at: deps.clock.now() }
  return pipe(
    recorded(recordBlock(block)(request)),
    TE.map(after => ({ request: after, putOffUntil: earliest })),
  )
}

const holderOf = (
  { dataHolders }: PerformRemovalDeps,
  { tenantId }: RemovalRequest,
  name: HolderName,
): DataHolder | undefined => dataHolders.of(tenantId).find(holder => holder.name === name)

/** Appends what was decided. A refusal means that the request has moved on: then it is as good as a conflict. */
const append = (
  { removalRequests }: PerformRemovalDeps,
  request: RemovalRequest,
  decision: E.Either<RemovalRefusal, ReadonlyArray<RemovalEvent>>,
): Step<RemovalRequest> =>
  E.isLeft(decision)
    ? TE.left({ _tag: 'VersionConflict' })
    : appendEvents(removalRequests)(request, decision.right)
