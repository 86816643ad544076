import { fail, isStale, type Job } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../ports/environment.js'
import type { Unavailable, VersionConflict } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'
import { decideAndAppend } from './recording.js'

export interface FailDeadRemovalDeps {
  readonly removalRequests: Pick<RemovalRequests, 'load' | 'append'>
  readonly clock: Clock
}

export type FailDeadRemoval = (input: {
  readonly job: Job
}) => TE.TaskEither<Unavailable | VersionConflict, 'done' | 'unreadable'>

/**
 * Ends a request whose job failed as often as it was delivered, so that it does not end in silence: it becomes
 * `failed: workerFailed`, which an operator sees and can retry. A job that the request has moved past ends nothing, and a request that
 * cannot be read stays as it is: somebody has to know.
 */
export const failDeadRemoval =
  ({ removalRequests, clock }: FailDeadRemovalDeps): FailDeadRemoval =>
  ({ job }) =>
    pipe(
      decideAndAppend(removalRequests)(job.tenantId, job.requestId, request =>
        isStale(request, job) ? E.right([]) : fail({ reason: 'workerFailed', at: clock.now() })(request),
      ),
      TE.map(recorded => (recorded === 'unreadable' ? recorded : 'done')),
    )
