import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Logger } from 'pino'
import type { ApiEnv } from './context.js'

/** A line for each request: its route as a template, never its URL, and nothing of what it carries. */
export const requestLog =
  (log: Logger): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const started = performance.now()
    await next()
    const { caller, requestId, clientRequestId, refusedFor } = c.get('exchange')
    log.info(
      {
        requestId,
        // A GUID, or it was not taken for one: any other text may hold anything. Its sender finds the line by it.
        clientRequestId: clientRequestId === requestId ? null : clientRequestId,
        method: c.req.method,
        route: matchedRoutes(c).findLast(route => route.method !== 'ALL')?.path ?? null,
        status: c.res.status,
        milliseconds: Math.round(performance.now() - started),
        tenantId: caller === null || caller.kind === 'personalAccount' ? null : caller.tenantId,
        callerKind: caller?.kind ?? null,
        refusedFor,
      },
      'request',
    )
  }
