import type { StatusResource } from '@lethe/api-contract'
import type { TenantId } from '@lethe/domain'
import type { Hono } from 'hono'
import type { DataPlaneHealth } from '../data-plane.js'
import type { ApiEnv } from './context.js'

/** How the process is. */
export interface Health {
  /** Why it takes no requests now, in a word; null where it does. */
  readonly notReady: () => Promise<string | null>
  /** How calls to Microsoft Graph fare, as a number of tenants in each state; null where it calls none. */
  readonly graph: () => Promise<DataPlaneHealth | null>
  /** The same for one tenant. */
  readonly graphOf: (tenantId: TenantId) => Promise<StatusResource['graph']>
  /** How many requests of all tenants cannot be read; null where that is not known now. */
  readonly unreadable: () => Promise<number | null>
  /** Tenants whose removals no worker is there for; null where there are none, or that is not known now. */
  readonly noWorker: () => Promise<NoWorker | null>
}

/** Of how many tenants no worker has been seen, and for how many seconds at most; null where none ever was of one of them. */
export interface NoWorker {
  readonly tenants: number
  readonly seconds: number | null
}

/** What the paths of probes begin with. */
export const probesPath = '/healthz/'

/**
 * Probes for whoever runs the process: `live` says that it runs, `ready` that it takes requests. A Graph that fails does not make
 * it unready: it still answers, and says so where it cannot.
 */
export const healthRoutes = (
  app: Hono<ApiEnv>,
  { notReady, graph, unreadable, noWorker }: Omit<Health, 'graphOf'>,
): void => {
  const details = async () => {
    const [breakers, count, unserved] = await Promise.all([graph(), unreadable(), noWorker()])
    return {
      ...(breakers === null ? {} : { graph: breakers }),
      ...(count === null || count === 0 ? {} : { unreadable: count }),
      ...(unserved === null ? {} : { noWorker: unserved }),
    }
  }
  app.get(`${probesPath}live`, c => c.json({ status: 'live' }))
  app.get(`${probesPath}ready`, async c => {
    const reason = await notReady()
    return reason === null
      ? c.json({ status: 'ready', ...(await details()) })
      : c.json({ status: 'notReady', reason }, 503, { 'Retry-After': '1' })
  })
}
