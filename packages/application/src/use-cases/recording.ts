import type { RemovalEvent, RemovalRequest, RemovalRequestId, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Unavailable, VersionConflict } from '../ports/problems.js'
import type { RemovalRequests } from '../ports/removal-requests.js'

/** Appends what was decided without a caller: nothing, where there is nothing to record. */
export const appendEvents =
  (removalRequests: Pick<RemovalRequests, 'append'>) =>
  (
    request: RemovalRequest,
    events: ReadonlyArray<RemovalEvent>,
  ): TE.TaskEither<Unavailable | VersionConflict, RemovalRequest> =>
    events.length === 0
      ? TE.right(request)
      : removalRequests.append({
          tenantId: request.tenantId,
          requestId: request.id,
          expectedVersion: request.version,
          events,
          actor: null,
          note: null,
        })

/**
 * Loads a request, decides without a caller, and appends.
 *
 * @returns whether anything was recorded: not where the request is gone, or where the decision is a refusal or a repeat,
 * because then it has moved on by itself; and not where it cannot be read, which somebody has to know.
 */
export const decideAndAppend =
  (removalRequests: Pick<RemovalRequests, 'load' | 'append'>) =>
  (
    tenantId: TenantId,
    requestId: RemovalRequestId,
    decide: (request: RemovalRequest) => E.Either<unknown, ReadonlyArray<RemovalEvent>>,
  ): TE.TaskEither<Unavailable | VersionConflict, boolean | 'unreadable'> =>
    pipe(
      removalRequests.load(tenantId, requestId),
      TE.flatMap((found): TE.TaskEither<Unavailable | VersionConflict, boolean | 'unreadable'> => {
        if (O.isNone(found)) return TE.right(false)
        const request = found.value
        if (request.state === 'unreadable') return TE.right('unreadable')
        const decision = decide(request)
        return E.isLeft(decision) || decision.right.length === 0
          ? TE.right(false)
          : pipe(
              appendEvents(removalRequests)(request, decision.right),
              TE.map(() => true),
            )
      }),
    )
