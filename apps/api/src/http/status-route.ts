import { StatusResource, statusPath } from '@lethe/api-contract'
import type { CountOverdue } from '@lethe/application'
import type { TenantId } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Hono } from 'hono'
import type { ApiEnv, RespondWithError } from './context.js'
import type { Doors } from './doors.js'
import { responding, withoutOptions } from './handling.js'

export interface StatusRouteDeps {
  readonly countOverdue: CountOverdue
  /** How calls to Microsoft Graph fare for a tenant; null where none are made. */
  readonly graphOf: (tenantId: TenantId) => StatusResource['graph']
  readonly doors: Doors
  readonly respondWithError: RespondWithError
}

/** Says to whoever may read requests how their tenant stands. */
export const statusRoute = (
  app: Hono<ApiEnv>,
  { countOverdue, graphOf, doors, respondWithError }: StatusRouteDeps,
): void => {
  const respond = responding(respondWithError)
  app.get(statusPath, doors.authenticated, doors.permitted('listRemovalRequests'), c =>
    respond(
      c,
      pipe(
        TE.fromEither(withoutOptions(c)),
        TE.flatMap(() => countOverdue({ tenantId: c.get('grant').tenantId })),
        TE.map(overdue =>
          c.json(StatusResource.encode({ overdue, graph: graphOf(c.get('grant').tenantId) })),
        ),
      ),
    ),
  )
}
