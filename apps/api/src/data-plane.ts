import type { DataHolders, InboundProfiles, SignIns } from '@lethe/application'
import type { BlockedBy, Caller, Instant, TenantId } from '@lethe/domain'

/** Lets workers act on behalf of people who are signed in to the API. */
interface Delegation {
  readonly signIns: SignIns
  /** Is told whose token a request came with. */
  readonly hear: (caller: Caller, token: string) => void
}

/** How many tenants' data planes are called, are not called because they fail, and are tried again. */
export interface DataPlaneHealth {
  readonly closed: number
  readonly open: number
  readonly halfOpen: number
  /** Tenants for which something cannot be done until an administrator acts, by what is missing; one may lack both. */
  readonly blockedBy: Readonly<Record<BlockedBy, number>>
}

/** How calls for one tenant fare. */
interface TenantHealth {
  readonly state: 'closed' | 'open' | 'halfOpen'
  readonly sinceDateTime: Instant | null
  readonly blockedBy: BlockedBy | null
}

/** Where the profiles of inbound users are, and who holds data of theirs. */
export interface DataPlane {
  readonly inboundProfiles: InboundProfiles
  readonly dataHolders: DataHolders
  /** Left out where everything is done in Lethe's own name. */
  readonly delegation?: Delegation
  /** Of these tenants, as this process and others found. Left out where nothing can be out of reach. */
  readonly health?: (tenants: ReadonlyArray<TenantId>) => Promise<DataPlaneHealth>
  readonly healthOf?: (tenantId: TenantId) => Promise<TenantHealth>
  /** Ends what is under way, and lets go of connections. */
  readonly close?: () => Promise<void>
}
