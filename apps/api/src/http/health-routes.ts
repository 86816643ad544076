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
  /** How many requests of all tenants cannot be read; null where that is not known now. */
  readonly unreadable: () => Promise<number | null>
}

/** What the paths of probes begin with. */
export const probesPath = '/healthz/'

/**
 * Probes for whoever runs the process: `live` says that it runs, `ready` that it takes requests. A Graph that fails does not make
 * it unready: it still answers, and says so where it cannot.
 */
export const healthRoutes = (
  app: Hono<ApiEnv>,
  { isReady, graph, unreadable }: Pick<Health, 'isReady' | 'graph' | 'unreadable'>,
): void => {
  const details = async () => {
    const [breakers, count] = [graph(), await unreadable()]
    return {
      ...(breakers === null ? {} : { graph: breakers }),
      ...(count === null || count === 0 ? {} : { unreadable: count }),
    }
  }
  app.get(`${probesPath}live`, c => c.json({ status: 'live' }))
  app.get(`${probesPath}ready`, async c =>
    (await isReady())
      ? c.json({ status: 'ready', ...(await details()) })
      : c.json({ status: 'notReady' }, 503, { 'Retry-After': '1' }),
  )
}
