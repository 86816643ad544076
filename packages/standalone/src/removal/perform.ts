import { performRemoval, type Performed } from '@lethe/application'
import { type Instant, millisecondsOf, type RemovalRequest, type UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HistoryRefusal } from '../refusal.js'
import type { OneRemoval } from './one-removal.js'
import type { RemovalDeps } from './prepare-removal.js'
import { absence, attempts, readBacks } from './schedules.js'

export interface Patience {
  /** For how long to go on, in seconds. */
  readonly seconds: number
  /** Waits so many milliseconds, or until interrupted. */
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly interrupted: AbortSignal
  /** Told how the removal stands whenever that is something new. */
  readonly tell: (request: RemovalRequest) => Promise<void>
}

/**
 * Does what the removal calls for, as a worker would: asks Graph, settles what is unknown by reading back, and reads back
 * until the profile is gone or the patience is over. What is left then is left open, for a later run to complete.
 *
 * @returns the removal as it stands.
 */
export const perform = async (
  { tenant, clock }: RemovalDeps,
  removal: OneRemoval,
  userId: UserId,
  { seconds, sleep, interrupted, tell }: Patience,
): Promise<E.Either<HistoryRefusal, RemovalRequest | null>> => {
  const deadline = millisecondsOf(clock.now()) + seconds * 1000
  const work = performRemoval({
    removalRequests: removal.requests,
    // There is one removal, and the operator named its person.
    findPerson: () => TE.right(userId),
    dataHolders: { of: () => [tenant.holder] },
    clock,
    attempts,
    readBacks,
    absence,
  })
  let told = 0
  for (;;) {
    const request = removal.current()
    if (request === null || !('job' in request) || interrupted.aborted) return E.right(request)
    const performed: E.Either<unknown, Performed> = await work({ job: request.job })()
    const after = removal.current()
    if (E.isLeft(performed) || after === null) return stopped(removal)
    if (after.version !== told) await tell(after)
    told = after.version
    const until = nextOf(performed.right, after)
    if (until === null) return E.right(after)
    const wait = millisecondsOf(until) - millisecondsOf(clock.now())
    if (millisecondsOf(until) > deadline || interrupted.aborted) return E.right(after)
    if (wait > 0) await sleep(wait)
  }
}

/** When there is something to do again; null where there is not. */
const nextOf = (performed: Performed, request: RemovalRequest): Instant | null => {
  if (!('job' in request)) return null
  switch (performed.kind) {
    case 'postponed':
      return performed.until
    case 'finished':
      return request.job.notBefore
    case 'unreadable':
    case 'subjectDiffers':
      return null
  }
}

const stopped = (removal: OneRemoval): E.Either<HistoryRefusal, never> =>
  E.left(removal.problem() ?? { _tag: 'LocalHistoryUnusable', reason: 'failed', code: null })
