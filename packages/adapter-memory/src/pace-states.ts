import type { Clock, PaceState, PaceStates } from '@lethe/application'
import { millisecondsOf, type TenantId } from '@lethe/domain'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** The shared state of each tenant, in memory. */
export const inMemoryPaceStates = (clock: Clock): PaceStates => {
  const states = new Map<TenantId, PaceState>()
  return {
    change: (tenantId, change) =>
      TE.fromIO(() => {
        const [next, result] = change(states.get(tenantId) ?? null, millisecondsOf(clock.now()))
        if (!Object.values(next).every(Number.isFinite)) throw new Error('A pace is kept in finite numbers')
        states.set(tenantId, next)
        return result
      }),
    read: tenantId =>
      TE.fromIO(() => ({ state: states.get(tenantId) ?? null, nowMs: millisecondsOf(clock.now()) })),
  }
}
