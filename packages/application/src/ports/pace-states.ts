import type { TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from './problems.js'

/** What is known of the pace at which a tenant's data holder may be called: numbers by name, whose meaning its user knows. */
export type PaceState = Readonly<Record<string, number>>

/** The pace of each tenant, shared by all workers. */
export interface PaceStates {
  /**
   * Reads and changes the pace of a tenant. Changes of one tenant happen one after the other, each on what the one before
   * left; where the change throws, nothing is changed.
   *
   * @param change is given the state (null where there is none yet) and the time of the store, in milliseconds since
   * 1970-01-01T00:00:00Z, which all workers share; gives the new state and what is to be returned.
   */
  readonly change: <A>(
    tenantId: TenantId,
    change: (state: PaceState | null, nowMs: number) => readonly [PaceState, A],
  ) => TaskEither<Unavailable, A>
}
