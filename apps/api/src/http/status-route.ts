import { StatusResource, statusPath } from '@lethe/api-contract'
import type { CountOverdue, CountUnreadable, ReadBacklog, WorkerUnseenFor } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Hono } from 'hono'
import type { ApiEnv, RespondWithError } from './context.js'
import type { Doors } from './doors.js'
import { responding, withoutOptions } from './handling.js'

export interface StatusRouteDeps {
  readonly countOverdue: CountOverdue
  readonly countUnreadable: CountUnreadable
  readonly readBacklog: ReadBacklog
  readonly workerUnseenFor: WorkerUnseenFor
  /** How calls to Microsoft Graph fare for a tenant; null where none are made. */
  readonly graphOf: (tenantId: TenantId) => Promise<StatusResource['graph']>
  readonly doors: Doors
  readonly respondWithError: RespondWithError
}

/** Says to whoever may read requests how their tenant stands. */
export const statusRoute = (
  app: Hono<ApiEnv>,
  {
    countOverdue,
    countUnreadable,
    readBacklog,
    workerUnseenFor,
    graphOf,
    doors,
    respondWithError,
  }: StatusRouteDeps,
): void => {
  const respond = responding(respondWithError)
  const standing = (tenantId: TenantId) =>
    pipe(
      countOverdue({ tenantId }),
      TE.bindTo('overdue'),
      TE.bind('unreadable', () => countUnreadable({ tenantId })),
      TE.bind('queue', () => readBacklog({ tenantId })),
      TE.bind('worker', () =>
        pipe(
          workerUnseenFor({ tenantId }),
          TE.map(unseenSeconds => ({ unseenSeconds })),
        ),
      ),
      TE.bind('graph', () => TE.fromTask(() => graphOf(tenantId))),
    )
  app.get(statusPath, doors.authenticated, doors.permitted('listRemovalRequests'), c =>
    respond(
      c,
      pipe(
        TE.fromEither(withoutOptions(c)),
        TE.flatMap(() => standing(c.get('grant').tenantId)),
        TE.map(status => c.json(StatusResource.encode(status))),
      ),
    ),
  )
}
