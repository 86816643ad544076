import { fail, type Job } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../ports/environment.js'
import type { Unavailable, VersionConflict } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'

export interface AbandonRemovalDeps {
  readonly removalRequests: Pick<RemovalRequests, 'load' | 'append'>
  readonly clock: Clock
}

export type AbandonRemoval = (input: {
  readonly job: Job
}) => TE.TaskEither<Unavailable | VersionConflict, void>

/**
 * Ends a request whose job failed as often as it was delivered, so that it does not end in silence: it becomes
 * `failed: workerFailed`, which an operator sees and can retry.
 */
export const abandonRemoval =
  ({ removalRequests, clock }: AbandonRemovalDeps): AbandonRemoval =>
  ({ job: { tenantId, requestId } }) =>
    pipe(
      removalRequests.load(tenantId, requestId),
      TE.flatMap(found => {
        const request = O.toNullable(found)
        const events =
          request === null ? E.right([]) : fail({ reason: 'workerFailed', at: clock.now() })(request)
        if (request === null || E.isLeft(events) || events.right.length === 0) return TE.right(undefined)
        return pipe(
          removalRequests.append({
            tenantId,
            requestId,
            expectedVersion: request.version,
            events: events.right,
            actor: null,
            note: null,
          }),
          TE.map(() => undefined),
        )
      }),
    )
