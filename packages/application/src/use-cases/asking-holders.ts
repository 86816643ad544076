import {
  type BlockedBy,
  type HolderName,
  onBehalfOf,
  type RecordHolderResult,
  type RecordReadBack,
  type RemovalRequest,
  type Removing,
  type UserId,
  type Verifying,
} from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataHolder, HolderProblem } from '../ports/data-holders.js'

/** A holder was not called, because it was not to be called yet. */
export interface Wait {
  readonly seconds: number
  /** Why nobody's turn comes; null where it is only a matter of time. */
  readonly blockedBy: BlockedBy | null
}

/** What came of asking a holder to remove. */
export interface Attempt extends Pick<RecordHolderResult, 'result' | 'answer' | 'called'> {
  /** Null where it was called, or could have been. */
  readonly notYet: Wait | null
}

/** What came of reading back. */
export interface Look extends Pick<RecordReadBack, 'result' | 'answer' | 'removalRepeated'> {
  /** Null where it was called, or could have been. */
  readonly notYet: Wait | null
}

const notConfigured = { kind: 'failed', reason: 'holderNotConfigured' } as const

/**
 * Asks a holder to remove; where nobody knows how the call before ended, only if the data is still there.
 *
 * @param holder undefined where it is not configured any more.
 */
export const attemptAt = (
  holder: DataHolder | undefined,
  request: Removing,
  userId: UserId,
): T.Task<Attempt> => {
  if (holder === undefined) return T.of({ result: notConfigured, called: false, notYet: null })
  return isInDoubt(request, holder.name)
    ? pipe(
        holder.readBack(request.tenantId, userId),
        TE.matchE(
          problem => T.of<Attempt>({ ...triedIn(problem), called: false }),
          found =>
            found === 'absent'
              ? T.of<Attempt>({ result: { kind: 'absent' }, called: false, notYet: null })
              : call(holder, request, userId),
        ),
      )
    : call(holder, request, userId)
}

const isInDoubt = (request: Removing, name: HolderName): boolean =>
  request.holders.some(progress => progress.name === name && progress.unknownOutcome)

const call = (holder: DataHolder, request: Removing, userId: UserId): T.Task<Attempt> =>
  pipe(
    holder.remove(removalOf(request, userId)),
    TE.matchE(
      problem =>
        problem._tag === 'UnknownOutcome'
          ? settle(holder, request, userId, triedIn(problem))
          : T.of(triedIn(problem)),
      kind => T.of<Attempt>({ result: { kind }, called: true, notYet: null }),
    ),
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
  { tenantId }: Removing,
  userId: UserId,
  unsettled: Attempt,
): T.Task<Attempt> =>
  pipe(
    holder.readBack(tenantId, userId),
    TE.match(
      () => unsettled,
      found => (found === 'absent' ? { result: { kind: 'absent' }, called: true, notYet: null } : unsettled),
    ),
  )

const triedIn = (problem: HolderProblem): Attempt => {
  const said = answerOf(problem)
  switch (problem._tag) {
    case 'Refused':
      return { ...said, result: { kind: 'failed', reason: 'refused' }, called: true, notYet: null }
    case 'SignInRequired':
      return {
        ...said,
        result: { kind: 'failed', reason: 'signInRequired' },
        called: problem.sent,
        notYet: null,
      }
    case 'RetryLater':
      return {
        ...said,
        result: { kind: 'retryLater', afterSeconds: problem.afterSeconds },
        called: problem.sent,
        notYet: null,
      }
    case 'NotYet':
      return {
        result: { kind: 'retryLater', afterSeconds: problem.afterSeconds },
        called: false,
        notYet: waitIn(problem),
      }
    case 'UnknownOutcome':
      return { ...said, result: { kind: 'unknownOutcome' }, called: true, notYet: null }
  }
}

const answerOf = (problem: HolderProblem) =>
  problem._tag === 'NotYet' || problem.answer === undefined ? {} : { answer: problem.answer }

const waitIn = ({
  afterSeconds,
  blockedBy = null,
}: Extract<HolderProblem, { readonly _tag: 'NotYet' }>): Wait => ({ seconds: afterSeconds, blockedBy })

/**
 * Reads a holder back; after a retry, one that still has the data is asked once more to remove it, and read again.
 *
 * @param holder undefined where it is not configured any more.
 */
export const lookAt = (holder: DataHolder | undefined, request: Verifying, userId: UserId): T.Task<Look> => {
  if (holder === undefined) return T.of({ result: notConfigured, removalRepeated: false, notYet: null })
  return pipe(
    readOf(holder, request, userId),
    T.flatMap(first =>
      first.result.kind === 'present' && request.repeatIfPresent.includes(holder.name)
        ? repeat(holder, request, userId)
        : T.of(first),
    ),
  )
}

/**
 * What a holder took, or refused for good, is recorded as repeated; a call in vain is still to be made. Where looks at an absence
 * are being counted, it is recorded that the profile was found, whatever became of the call.
 */
const repeat = (holder: DataHolder, request: Verifying, userId: UserId): T.Task<Look> =>
  pipe(
    holder.remove(removalOf(request, userId)),
    TE.matchE(
      problem =>
        T.of(
          isCounting(request, holder.name) && !isFinal(problem)
            ? { ...answerOf(problem), result: { kind: 'present' }, removalRepeated: false, notYet: null }
            : { ...seenIn(problem), removalRepeated: isFinal(problem) },
        ),
      () =>
        pipe(
          readOf(holder, request, userId),
          // It was asked, and that is to be recorded: a read that is not to be made yet is one that failed.
          T.map(second => ({ ...second, removalRepeated: true, notYet: null })),
        ),
    ),
  )

const isCounting = ({ holders }: Verifying, name: HolderName): boolean =>
  holders.some(holder => holder.name === name && holder.absent !== null)

const isFinal = (problem: HolderProblem): boolean =>
  problem._tag === 'Refused' || (problem._tag === 'SignInRequired' && problem.sent)

const readOf = (holder: DataHolder, request: Verifying, userId: UserId): T.Task<Look> =>
  pipe(holder.readBack(request.tenantId, userId), TE.match(seenIn, lookOf))

/** A profile without names is there all the same. */
const lookOf = (found: 'absent' | 'present' | 'husk' | 'notSupported'): Look =>
  found === 'husk'
    ? { result: { kind: 'present' }, answer: { detail: 'husk' }, removalRepeated: false, notYet: null }
    : { result: { kind: found }, removalRepeated: false, notYet: null }

const seenIn = (problem: HolderProblem): Look => {
  const seen = { ...answerOf(problem), removalRepeated: false, notYet: null }
  switch (problem._tag) {
    case 'Refused':
      return { ...seen, result: { kind: 'failed', reason: 'refused' } }
    case 'SignInRequired':
      return { ...seen, result: { kind: 'failed', reason: 'signInRequired' } }
    case 'RetryLater':
      return { ...seen, result: { kind: 'unknown', afterSeconds: problem.afterSeconds } }
    case 'NotYet':
      return {
        ...seen,
        result: { kind: 'unknown', afterSeconds: problem.afterSeconds },
        notYet: waitIn(problem),
      }
    case 'UnknownOutcome':
      return { ...seen, result: { kind: 'unknown' } }
  }
}
