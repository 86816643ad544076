import type { DataHolders, InboundProfiles } from '@lethe/application'
import { HolderName, type TenantId } from '@lethe/domain'
import { createHolderLedger, type HolderLedger } from './holder-ledger.js'
import { made } from './made.js'
import type { SimulatedTenant } from './people.js'
import { type AlterData, type SimulatedHolder, simulatedHolder } from './simulated-holder.js'
import type { Stage } from './stage.js'

/** All holders that there are, and which of them are configured for each tenant. */
export interface HolderPark {
  readonly ledger: HolderLedger
  readonly dataHolders: DataHolders
  readonly inboundProfiles: Pick<InboundProfiles, 'get'>
  readonly configured: (tenantId: TenantId) => ReadonlyArray<SimulatedHolder>
  readonly configure: (tenantId: TenantId, holders: ReadonlyArray<SimulatedHolder>) => void
  /** The holders that can be configured for a tenant: the others are gone for good once they are removed. */
  readonly available: (tenantId: TenantId) => ReadonlyArray<SimulatedHolder>
  /**
   * Shares the profile of a person with a tenant, and so with all holders.
   *
   * @returns whether any of them did not hold it before.
   */
  readonly share: (tenant: SimulatedTenant, profile: SimulatedTenant['local']) => boolean
  readonly of: (name: HolderName) => SimulatedHolder | undefined
  /** Whether nothing can be done about what is left of a person at a holder. */
  readonly isHopeless: (
    tenantId: TenantId,
    name: HolderName,
    userId: SimulatedTenant['local']['userId'],
  ) => boolean
}

const names = ['graph', 'crm', 'archive'].map(name => made(HolderName, name))

export const createHolderPark = (
  stage: Stage,
  tenants: ReadonlyArray<SimulatedTenant>,
  alter: AlterData,
): HolderPark => {
  const { random } = stage
  const ledger = createHolderLedger()
  const ids = tenants.map(({ id }) => id)
  const holders = names.map(name => simulatedHolder(stage, ledger, name, ids, alter))
  const [graph] = holders
  if (graph === undefined) throw new Error('There is a holder')
  const configured = new Map<TenantId, ReadonlyArray<SimulatedHolder>>()
  const available = new Map<TenantId, ReadonlyArray<SimulatedHolder>>()
  for (const { id } of tenants) {
    const others = holders.filter(holder => holder !== graph)
    const some = [graph, ...others.slice(0, random.pick([0, 0, 1, 1, 2]))]
    configured.set(id, random.chance(0.5) ? some : some.toReversed())
    available.set(id, [graph, ...others.filter(() => !random.chance(0.05))])
  }
  const configuredFor = (tenantId: TenantId): ReadonlyArray<SimulatedHolder> => configured.get(tenantId) ?? []

  const park: HolderPark = {
    ledger,
    dataHolders: { of: tenantId => configuredFor(tenantId).map(({ holder }) => holder) },
    inboundProfiles: { get: (tenantId, userId) => graph.data().inboundProfiles.get(tenantId, userId) },
    configured: configuredFor,
    configure: (tenantId, to) => {
      configured.set(tenantId, to)
      stage.trace(() => `configured: ${to.map(({ name }) => name).join(', ') || 'no holder'}`)
    },
    available: tenantId => available.get(tenantId) ?? [],
    share: ({ id }, profile) => holders.filter(holder => holder.share(id, profile)).length > 0,
    of: name => holders.find(holder => holder.name === name),
    isHopeless: (tenantId, name, userId) => {
      const holder = configuredFor(tenantId).find(each => each.name === name)
      if (holder === undefined) return true
      const { hopeless, readable } = holder.conductOf(tenantId)
      return (
        hopeless === 'refuses' ||
        (hopeless === 'keeps' && readable && ledger.isPresent({ holder: name, tenantId, userId }))
      )
    },
  }
  for (const tenant of tenants)
    for (const profile of [...tenant.profiles, tenant.local]) park.share(tenant, profile)
  return park
}
