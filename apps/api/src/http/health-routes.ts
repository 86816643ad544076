import type { StatusResource } from '@lethe/api-contract'
import type { TenantId } from '@lethe/domain'
import type { Hono } from 'hono'
import type { DataPlaneHealth } from '../data-plane.js'
import type { ApiEnv } from './context.js'

/** How the process is. */
export interface Health {
  /** Whether it can take requests now. */
  readonly isReady: () => Promise<boolean>
  /** How its calls to Microsoft Graph fare, as a number of tenants in each state; null where it calls none. */
  readonly graph: () => DataPlaneHealth | null
  /** The same for one tenant. */
  readonly graphOf: (tenantId: TenantId) => StatusResource['graph']
}

/**
 * Probes for whoever runs the process: `live` says that it runs, `ready` that it takes requests. A Graph that fails does not make
 * it unready: it still answers, and says so where it cannot.
 */
export const healthRoutes = (
  app: Hono<ApiEnv>,
  { isReady, graph }: Pick<Health, 'isReady' | 'graph'>,
): void => {
  const details = () => {
    const breakers = graph()
    return breakers === null ? {} : { graph: breakers }
  }
  app.get('/healthz/live', c => c.json({ status: 'live' }))
  app.get('/healthz/ready', async c =>
    (await isReady())
      ? c.json({ status: 'ready', ...details() })
      : c.json({ status: 'notReady', ...details() }, 503, { 'Retry-After': '1' }),
  )
}
