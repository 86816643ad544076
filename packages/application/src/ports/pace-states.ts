import type { TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from './problems.js'

/**
 * What the processes share of a tenant: at which pace its data holder may be called, whether it is called at all, and when a worker was
 * last seen. Numbers by name, whose meaning each user knows of its own, and leaves alone of the others.
 */
export type PaceState = Readonly<Record<string, number>>

/** The shared state of each tenant. */
export interface PaceStates {
  /**
   * Reads and changes the state of a tenant. Changes of one tenant happen one after the other, each on what the one before
   * left; where the change throws, nothing is changed.
   *
   * @param change is given the state (null where there is none yet) and the time of the store, in milliseconds since
   * 1970-01-01T00:00:00Z, which all processes share; gives the new state and what is to be returned.
   */
  readonly change: <A>(
    tenantId: TenantId,
    change: (state: PaceState | null, nowMs: number) => readonly [PaceState, A],
  ) => TaskEither<Unavailable, A>
  /** Reads the state of a tenant (null where there is none yet), and the time of the store. It waits for no change. */
  readonly read: (
    tenantId: TenantId,
  ) => TaskEither<Unavailable, { readonly state: PaceState | null; readonly nowMs: number }>
}
