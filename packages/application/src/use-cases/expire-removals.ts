import { expire, type RemovalRequestId, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../ports/environment.js'
import type { Unavailable } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'
import { decideAndAppend } from './recording.js'

export interface ExpireRemovalsDeps {
  readonly removalRequests: Pick<RemovalRequests, 'expiring' | 'load' | 'append'>
  readonly clock: Clock
}

export type ExpireRemovals = (input: {
  readonly tenantId: TenantId
  /** How many requests to look at, at most. */
  readonly limit: number
}) => TE.TaskEither<Unavailable, Expirations>

/** What became of requests whose time was up. */
export interface Expirations {
  /** How many ended now; where that is the limit, there may be more. */
  readonly expired: number
  /** Those that cannot be read: they stay as they are. */
  readonly unreadable: ReadonlyArray<RemovalRequestId>
  /** Those that were not ended because of an exception, which is a bug: it keeps no other from its end. */
  readonly defects: ReadonlyArray<Defect>
}

interface Defect {
  readonly requestId: RemovalRequestId
  readonly error: unknown
}

/**
 * Ends the requests of a tenant that nobody decided in time. Safe to run at any time, by any number at once.
 */
export const expireRemovals =
  (deps: ExpireRemovalsDeps): ExpireRemovals =>
  ({ tenantId, limit }) =>
    pipe(
      deps.removalRequests.expiring(tenantId, deps.clock.now(), limit),
      TE.flatMap(ids =>
        TE.traverseSeqArray((id: RemovalRequestId) => guarded(id, () => expireOne(deps, tenantId, id)))(ids),
      ),
      TE.map(ended => ({
        expired: ended.filter(did => did === true).length,
        unreadable: ended.flatMap(did => (typeof did === 'string' ? [did] : [])),
        defects: ended.flatMap(did => (typeof did === 'object' ? [did] : [])),
      })),
    )

const guarded =
  <A>(
    requestId: RemovalRequestId,
    task: () => TE.TaskEither<Unavailable, A>,
  ): TE.TaskEither<Unavailable, A | Defect> =>
  async () => {
    try {
      return await task()()
    } catch (error) {
      return E.right({ requestId, error })
    }
  }

/** @returns whether it ended now: it may have been decided, or ended by another, in the meantime. Its id where it cannot be read. */
const expireOne = (
  { removalRequests, clock }: ExpireRemovalsDeps,
  tenantId: TenantId,
  requestId: RemovalRequestId,
): TE.TaskEither<Unavailable, boolean | RemovalRequestId> =>
  pipe(
    decideAndAppend(removalRequests)(tenantId, requestId, request => expire({ at: clock.now() })(request)),
    TE.map(ended => (ended === 'unreadable' ? requestId : ended)),
    TE.orElse(problem => (problem._tag === 'VersionConflict' ? TE.right(false) : TE.left(problem))),
  )
