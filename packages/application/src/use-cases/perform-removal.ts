import {
  fail,
  type HolderProgress,
  type Instant,
  isStale,
  type Job,
  onBehalfOf,
  recordHolderResult,
  recordReadBack,
  type RecordReadBack,
  type RemovalEvent,
  type RemovalRefusal,
  type RemovalRequest,
  type RemovalResult,
  type Removing,
  type RetrySchedule,
  start,
  type UserId,
  type Verifying,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataHolder, DataHolders, HolderProblem } from '../ports/data-holders.js'
import type { Clock } from '../ports/environment.js'
import type { Subjects } from '../ports/people.js'
import type { Unavailable, VersionConflict } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'
import { appendEvents } from './recording.js'

export interface PerformRemovalDeps {
  readonly removalRequests: Pick<RemovalRequests, 'load' | 'append'>
  readonly subjects: Pick<Subjects, 'resolve'>
  readonly dataHolders: DataHolders
  readonly clock: Clock
  /** When a holder that could not be asked is asked again. */
  readonly attempts: RetrySchedule
  /** When a holder is read again that still had the data. */
  readonly readBacks: RetrySchedule
}

/** What is to become of the job. */
export type Performed =
  /** Nothing is left of it: either the request has ended, or what comes next is a job of its own. */
  | { readonly kind: 'finished' }
  /** It came too early. */
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
    TE.flatMap(found => (O.isNone(found) ? TE.right(finished) : proceed(deps, job, found.value))),
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
      return work(deps, request)
    case 'pendingApproval':
    case 'completed':
    case 'failed':
    case 'denied':
    case 'withdrawn':
    case 'expired':
      return TE.right(finished)
  }
}

const work = (deps: PerformRemovalDeps, request: RemovalRequest): Step<Performed> =>
  pipe(
    deps.subjects.resolve(request.tenantId, [request.subject]),
    TE.flatMap(people => {
      const userId = people.get(request.subject)
      return userId === undefined
        ? append(deps, request, fail({ reason: 'subjectErased', at: deps.clock.now() })(request))
        : removeEverywhere(deps, request, userId)
    }),
    TE.map(() => finished),
  )

const removeEverywhere = (
  deps: PerformRemovalDeps,
  request: RemovalRequest,
  userId: UserId,
): Step<RemovalRequest> =>
  pipe(
    request.state === 'approved' ? begin(deps, request) : TE.right(request),
    TE.flatMap(started => eachHolder(started, holder => removeFrom(deps, holder, userId))),
    TE.flatMap(removed => eachHolder(removed, holder => readBackFrom(deps, holder, userId))),
  )

/** Starts the removal. A request that is approved without its approvals was tampered with: that ends it, with the reason. */
const begin = (deps: PerformRemovalDeps, request: RemovalRequest): Step<RemovalRequest> => {
  const at = deps.clock.now()
  const holders = deps.dataHolders.of(request.tenantId).map(holder => holder.name)
  const started = start({ holders, at })(request)
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
  request: RemovalRequest,
  step: (holder: HolderProgress) => (request: RemovalRequest) => Step<RemovalRequest>,
): Step<RemovalRequest> =>
  request.holders.reduce<Step<RemovalRequest>>(
    (before, holder) =>
      pipe(
        before,
        TE.flatMap(current => step(holder)(current)),
      ),
    TE.right(request),
  )

const removeFrom =
  (deps: PerformRemovalDeps, progress: HolderProgress, userId: UserId) =>
  (request: RemovalRequest): Step<RemovalRequest> =>
    request.state !== 'removing' || progress.state !== 'pending'
      ? TE.right(request)
      : pipe(
          TE.fromTask(attempt(deps, request, progress, userId)),
          TE.flatMap(({ result, called }) =>
            append(
              deps,
              request,
              recordHolderResult({
                holder: progress.name,
                result,
                called,
                schedule: deps.attempts,
                at: deps.clock.now(),
              })(request),
            ),
          ),
        )

interface Attempt {
  readonly result: RemovalResult
  readonly called: boolean
}

/** Asks a holder to remove; where nobody knows how the call before ended, only if the data is still there. */
const attempt = (
  deps: PerformRemovalDeps,
  request: Removing,
  progress: HolderProgress,
  userId: UserId,
): T.Task<Attempt> => {
  const holder = holderOf(deps, request, progress)
  if (holder === undefined)
    return T.of({ result: { kind: 'failed', reason: 'holderNotConfigured' }, called: false })
  return progress.unknownOutcome
    ? pipe(
        holder.readBack(request.tenantId, userId),
        TE.matchE(
          problem => T.of<Attempt>({ result: resultOf(problem), called: false }),
          found =>
            found === 'absent'
              ? T.of<Attempt>({ result: { kind: 'absent' }, called: false })
              : call(holder, request, userId),
        ),
      )
    : call(holder, request, userId)
}

const call = (holder: DataHolder, request: Removing, userId: UserId): T.Task<Attempt> =>
  pipe(
    holder.remove(removalOf(request, userId)),
    TE.matchE(
      problem =>
        problem._tag === 'UnknownOutcome'
          ? settle(holder, request.tenantId, userId)
          : T.of<RemovalResult>(resultOf(problem)),
      kind => T.of<RemovalResult>({ kind }),
    ),
    T.map(result => ({ result, called: true })),
  )

/** What a holder is asked to remove, and in whose name. */
const removalOf = (request: RemovalRequest, userId: UserId) => ({
  tenantId: request.tenantId,
  requestId: request.id,
  userId,
  onBehalfOf: onBehalfOf(request),
})

/** A call ended in the unknown: if the data is gone, it took effect. */
const settle = (
  holder: DataHolder,
  tenantId: RemovalRequest['tenantId'],
  userId: UserId,
): T.Task<RemovalResult> =>
  pipe(
    holder.readBack(tenantId, userId),
    TE.match(
      () => ({ kind: 'unknownOutcome' }),
      found => ({ kind: found === 'absent' ? 'absent' : 'unknownOutcome' }),
    ),
  )

const resultOf = (problem: HolderProblem): RemovalResult => {
  switch (problem._tag) {
    case 'Refused':
      return { kind: 'failed', reason: 'refused' }
    case 'SignInRequired':
      return { kind: 'failed', reason: 'signInRequired' }
    case 'RetryLater':
      return { kind: 'retryLater', afterSeconds: problem.afterSeconds }
    case 'UnknownOutcome':
      return { kind: 'unknownOutcome' }
  }
}

const readBackFrom =
  (deps: PerformRemovalDeps, progress: HolderProgress, userId: UserId) =>
  (request: RemovalRequest): Step<RemovalRequest> =>
    request.state !== 'verifying' || progress.state !== 'cleared'
      ? TE.right(request)
      : pipe(
          TE.fromTask(look(deps, request, progress, userId)),
          TE.flatMap(({ result, removalRepeated }) =>
            append(
              deps,
              request,
              recordReadBack({
                holder: progress.name,
                result,
                removalRepeated,
                schedule: deps.readBacks,
                at: deps.clock.now(),
              })(request),
            ),
          ),
        )

type Look = Pick<RecordReadBack, 'result' | 'removalRepeated'>

/** Reads back; after a retry, a holder that still has the data is asked once more to remove it, and read again. */
const look = (
  deps: PerformRemovalDeps,
  request: Verifying,
  progress: HolderProgress,
  userId: UserId,
): T.Task<Look> => {
  const holder = holderOf(deps, request, progress)
  if (holder === undefined)
    return T.of({ result: { kind: 'failed', reason: 'holderNotConfigured' }, removalRepeated: false })
  return pipe(
    readOf(holder, request, userId, false),
    T.flatMap(first =>
      first.result.kind === 'present' && request.repeatIfPresent.includes(progress.name)
        ? pipe(
            holder.remove(removalOf(request, userId)),
            TE.matchE(
              problem => T.of<Look>({ result: readResultOf(problem), removalRepeated: isFinal(problem) }),
              () => readOf(holder, request, userId, true),
            ),
          )
        : T.of(first),
    ),
  )
}

/**
 * Whether a holder was asked and said no for good: then that is recorded. One that wants to be asked later still has to be, and so
 * has one of which nobody knows what it did.
 */
const isFinal = ({ _tag }: HolderProblem): boolean => _tag === 'Refused' || _tag === 'SignInRequired'

const readOf = (
  holder: DataHolder,
  request: Verifying,
  userId: UserId,
  removalRepeated: boolean,
): T.Task<Look> =>
  pipe(
    holder.readBack(request.tenantId, userId),
    TE.match(
      problem => ({ result: readResultOf(problem), removalRepeated }),
      kind => ({ result: { kind }, removalRepeated }),
    ),
  )

const readResultOf = (problem: HolderProblem): RecordReadBack['result'] => {
  switch (problem._tag) {
    case 'Refused':
      return { kind: 'failed', reason: 'refused' }
    case 'SignInRequired':
      return { kind: 'failed', reason: 'signInRequired' }
    case 'RetryLater':
      return { kind: 'unknown', afterSeconds: problem.afterSeconds }
    case 'UnknownOutcome':
      return { kind: 'unknown' }
  }
}

const holderOf = (
  deps: PerformRemovalDeps,
  request: RemovalRequest,
  progress: HolderProgress,
): DataHolder | undefined =>
  deps.dataHolders.of(request.tenantId).find(holder => holder.name === progress.name)

/** Appends what was decided. A refusal means that the request has moved on: then it is as good as a conflict. */
const append = (
  { removalRequests }: PerformRemovalDeps,
  request: RemovalRequest,
  decision: E.Either<RemovalRefusal, ReadonlyArray<RemovalEvent>>,
): Step<RemovalRequest> =>
  E.isLeft(decision)
    ? TE.left({ _tag: 'VersionConflict' })
    : appendEvents(removalRequests)(request, decision.right)
