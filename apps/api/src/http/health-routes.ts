import type { Hono } from 'hono'
import type { ApiEnv } from './context.js'

/** Whether the process can take requests now. */
export type Readiness = () => Promise<boolean>

/** Probes for whoever runs the process: `live` says that it runs, `ready` that it takes requests. */
export const healthRoutes = (app: Hono<ApiEnv>, isReady: Readiness): void => {
  app.get('/healthz/live', c => c.json({ status: 'live' }))
  app.get('/healthz/ready', async c =>
    (await isReady())
      ? c.json({ status: 'ready' })
      : c.json({ status: 'notReady' }, 503, { 'Retry-After': '1' }),
  )
}
