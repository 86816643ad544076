import type { TenantId } from '@lethe/domain'
import { type Chance, seededChance } from './chance.js'
import { type Ending, endingOf } from './endings.js'
import { type Faults, usualFaults } from './faults.js'
import { type WriteLimiter, writeLimiter } from './write-limiter.js'

/** What is in store for one call. */
interface CallPlan {
  readonly ending: Ending | null
  readonly latencyMilliseconds: number
  readonly hangMilliseconds: number
}

/** What is set for a tenant. */
interface TenantFaults {
  readonly tenantId: TenantId
  readonly faults: Faults
  readonly seed: number
}

/** The faults of each tenant, and the chance that they come by. */
export interface FaultPlans {
  readonly list: () => ReadonlyArray<TenantFaults>
  /** Sets what goes wrong from now on; null for the usual. Without a seed the present one begins anew. */
  readonly put: (tenantId: TenantId, faults: Faults | null, seed?: number) => TenantFaults | null
  /** Draws what happens to the next call of a tenant; null for a tenant that is not here. */
  readonly next: (tenantId: string) => CallPlan | null
  /** 0 where a write of the tenant may pass, and is counted; else the seconds until one may, and whether to tell. */
  readonly throttled: (tenantId: string) => { readonly seconds: number; readonly tell: boolean }
  readonly staysForSeconds: (tenantId: string) => number
}

interface Plan extends TenantFaults {
  readonly chance: Chance
  readonly limiter: WriteLimiter | null
}

const usualHangMilliseconds = 60_000

/**
 * @param seed of every tenant, until another is set.
 * @param clock milliseconds, from anywhere, never set back.
 */
export const faultPlans = (
  tenants: ReadonlyArray<TenantId>,
  seed: number,
  clock: () => number,
): FaultPlans => {
  const planOf = (tenantId: TenantId, faults: Faults, seeded: number): Plan => ({
    tenantId,
    faults,
    seed: seeded,
    chance: seededChance(`${seeded}/${tenantId}`),
    limiter: faults.rate === undefined ? null : writeLimiter(faults.rate, clock),
  })
  const plans = new Map<string, Plan>(
    tenants.map(tenantId => [tenantId, planOf(tenantId, usualFaults, seed)]),
  )
  return {
    list: () => [...plans.values()].map(shown),
    put: (tenantId, faults, seeded) => {
      const plan = plans.get(tenantId)
      if (plan === undefined) return null
      const changed = planOf(tenantId, faults ?? usualFaults, seeded ?? plan.seed)
      plans.set(tenantId, changed)
      return shown(changed)
    },
    next: tenantId => {
      const plan = plans.get(tenantId)
      if (plan === undefined) return null
      const { endings = {}, hangMs = usualHangMilliseconds, latencyMs = { min: 0, max: 0 } } = plan.faults
      // Two draws for each call, whatever is set: a change of one fault leaves the others where they were.
      const [first, second] = [plan.chance(), plan.chance()]
      return {
        ending: endingOf(endings, first),
        latencyMilliseconds: latencyMs.min + second * (latencyMs.max - latencyMs.min),
        hangMilliseconds: hangMs,
      }
    },
    throttled: tenantId => {
      const plan = plans.get(tenantId)
      return {
        seconds: plan?.limiter?.secondsToWait() ?? 0,
        tell: plan?.faults.rate?.retryAfter ?? true,
      }
    },
    staysForSeconds: tenantId => plans.get(tenantId)?.faults.staysForSeconds ?? 0,
  }
}

const shown = ({ tenantId, faults, seed }: Plan): TenantFaults => ({ tenantId, faults, seed })
