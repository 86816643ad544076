import { setTimeout as delay } from 'node:timers/promises'
import type { TenantId } from '@lethe/domain'
import type { Pace } from '../pace.js'
import type { SharedPaceDeps } from './pace-deps.js'
import { tenantPace, type TenantPace } from './tenant-pace.js'

/** Time and chance of this process. */
export const processTime: Omit<SharedPaceDeps, 'states'> = {
  clock: () => performance.now(),
  sleep: async milliseconds => delay(milliseconds),
  random: Math.random,
}

/**
 * The pace of each tenant, learned from its answers and shared by all workers through the store.
 *
 * Writes wait for their turn, 5 seconds at most; what would wait longer is `Busy`, with the seconds after which there is likely to
 * be a turn. Reads take no turns: they wait only where a Retry-After that this process knows of forbids every call. Where the
 * store cannot be asked, writes are `Busy`. A bug in the store rejects.
 */
export const sharedPace = (deps: SharedPaceDeps): Pace => {
  const tenants = new Map<TenantId, TenantPace>()
  const of = (tenantId: TenantId): TenantPace => {
    const known = tenants.get(tenantId)
    if (known !== undefined) return known
    const added = tenantPace(deps, tenantId)
    tenants.set(tenantId, added)
    return added
  }
  return {
    beforeCall: (tenantId, kind) => {
      switch (kind) {
        case 'read':
          return of(tenantId).read
        case 'write':
          return of(tenantId).write
      }
    },
    afterCall: (tenantId, kind, feedback) => {
      switch (feedback.kind) {
        case 'answered':
          if (kind === 'write') of(tenantId).answered()
          return
        case 'throttled':
          of(tenantId).refused(kind === 'write', feedback.retryAfterSeconds)
      }
    },
  }
}
