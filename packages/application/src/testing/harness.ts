import type { AppId, Instant, TenantId, UserId } from '@lethe/domain'
import type { Digest, Identifiers } from '../ports/environment.js'
import type { StorePorts } from '../ports/store.js'

/** Ids that nothing in the system under test has seen before. */
export interface FreshIds {
  readonly identifiers: Identifiers
  readonly tenantId: () => TenantId
  readonly userId: () => UserId
  readonly appId: () => AppId
}

/** The time that the system under test goes by. */
export interface MovableClock {
  readonly now: () => Instant
  /** Lets time pass for everything that the adapter measures time with, a database's own clock included. */
  readonly advance: (seconds: number) => Promise<void>
}

/**
 * A store under test. It may be shared by all tests of a file and hold what earlier ones left behind: every test works
 * in tenants of its own. While a suite runs, nobody else takes jobs from its queue.
 */
export interface StoreHarness {
  readonly store: StorePorts
  readonly ids: FreshIds
  /** The digest that the store seals histories with. */
  readonly digest: Digest
  readonly clock: MovableClock
  /** Ends the lease of every job that is held, and the delay before it is delivered again. */
  readonly letLeasesRunOut: () => Promise<void>
  /** What the queue was told. */
  readonly queue: {
    /** For how long a job is held. */
    readonly leaseSeconds: number
    /** How many jobs of one tenant are held at a time: 40 or more, so that a few never come near it. */
    readonly heldPerTenant: number
    /** After so many deliveries a job is dead: 5 or more. */
    readonly mostDeliveries: number
  }
}

/** Gives the store to one test. */
export type OpenStore = () => Promise<StoreHarness>
