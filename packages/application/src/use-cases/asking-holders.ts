import {
  type HolderName,
  onBehalfOf,
  type RecordReadBack,
  type RemovalRequest,
  type RemovalResult,
  type Removing,
  type UserId,
  type Verifying,
} from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataHolder, HolderProblem } from '../ports/data-holders.js'

/** What came of asking a holder to remove. */
export interface Attempt {
  readonly result: RemovalResult
  readonly called: boolean
  /** After so many seconds it may be asked: it was not yet. Null where it was, or could have been. */
  readonly notYet: number | null
}

/** What came of reading back. */
export interface Look extends Pick<RecordReadBack, 'result' | 'removalRepeated'> {
  /** After so many seconds the holder may be called: it was not yet. Null where it was, or could have been. */
  readonly notYet: number | null
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
        problem._tag === 'UnknownOutcome' ? settle(holder, request, userId) : T.of(triedIn(problem)),
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
const settle = (holder: DataHolder, { tenantId }: Removing, userId: UserId): T.Task<Attempt> =>
  pipe(
    holder.readBack(tenantId, userId),
    TE.match(
      () => unsettled,
      found => (found === 'absent' ? { ...unsettled, result: { kind: 'absent' } } : unsettled),
    ),
  )

const unsettled: Attempt = { result: { kind: 'unknownOutcome' }, called: true, notYet: null }

const triedIn = (problem: HolderProblem): Attempt => {
  switch (problem._tag) {
    case 'Refused':
      return { result: { kind: 'failed', reason: 'refused' }, called: true, notYet: null }
    case 'SignInRequired':
      return { result: { kind: 'failed', reason: 'signInRequired' }, called: problem.sent, notYet: null }
    case 'RetryLater':
      return {
        result: { kind: 'retryLater', afterSeconds: problem.afterSeconds },
        called: problem.sent,
        notYet: null,
      }
    case 'NotYet':
      return {
        result: { kind: 'retryLater', afterSeconds: problem.afterSeconds },
        called: false,
        notYet: problem.afterSeconds,
      }
    case 'UnknownOutcome':
      return { result: { kind: 'unknownOutcome' }, called: true, notYet: null }
  }
}

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

/** What a holder took, or refused for good, is recorded as repeated; a call in vain is still to be made. */
const repeat = (holder: DataHolder, request: Verifying, userId: UserId): T.Task<Look> =>
  pipe(
    holder.remove(removalOf(request, userId)),
    TE.matchE(
      problem => T.of({ ...seenIn(problem), removalRepeated: isFinal(problem) }),
      () =>
        pipe(
          readOf(holder, request, userId),
          // It was asked, and that is to be recorded: a read that is not to be made yet is one that failed.
          T.map(second => ({ ...second, removalRepeated: true, notYet: null })),
        ),
    ),
  )

const isFinal = (problem: HolderProblem): boolean =>
  problem._tag === 'Refused' || (problem._tag === 'SignInRequired' && problem.sent)

const readOf = (holder: DataHolder, request: Verifying, userId: UserId): T.Task<Look> =>
  pipe(
    holder.readBack(request.tenantId, userId),
    TE.match(seenIn, (kind): Look => ({ result: { kind }, removalRepeated: false, notYet: null })),
  )

const seenIn = (problem: HolderProblem): Look => {
  switch (problem._tag) {
    case 'Refused':
      return { result: { kind: 'failed', reason: 'refused' }, removalRepeated: false, notYet: null }
    case 'SignInRequired':
      return { result: { kind: 'failed', reason: 'signInRequired' }, removalRepeated: false, notYet: null }
    case 'RetryLater':
      return {
        result: { kind: 'unknown', afterSeconds: problem.afterSeconds },
        removalRepeated: false,
        notYet: null,
      }
    case 'NotYet':
      return {
        result: { kind: 'unknown', afterSeconds: problem.afterSeconds },
        removalRepeated: false,
        notYet: problem.afterSeconds,
      }
    case 'UnknownOutcome':
      return { result: { kind: 'unknown' }, removalRepeated: false, notYet: null }
  }
}
