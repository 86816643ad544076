import { inMemoryProfiles, type ResourceTenantData } from '@lethe/adapter-memory'
import type { DataHolder } from '@lethe/application'
import type { HolderName, InboundSharedUserProfile, RemovalRequestId, TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { type Conduct, drawnConduct, drawnProblem } from './holder-conduct.js'
import type { HolderLedger, Place } from './holder-ledger.js'
import { orThrow } from './made.js'
import type { Stage } from './stage.js'

/** A holder over the profiles in memory, with a conduct of its own towards each tenant. */
export interface SimulatedHolder {
  readonly name: HolderName
  readonly holder: DataHolder
  /** The profiles that it holds now. */
  readonly data: () => ResourceTenantData
  /**
   * Holds a profile again, or for the first time.
   *
   * @returns whether it did not hold it before.
   */
  readonly share: (tenantId: TenantId, profile: InboundSharedUserProfile) => boolean
  /** Whether it has accepted to remove somebody, and has not come to it yet. */
  readonly isGoing: (tenantId: TenantId, userId: UserId) => boolean
  readonly conductOf: (tenantId: TenantId) => Conduct
  readonly changeConduct: (tenantId: TenantId, change: Partial<Conduct>) => void
}

/** Something that stands between a simulated holder and the profiles in memory. */
export type AlterData = (data: ResourceTenantData) => ResourceTenantData

export const simulatedHolder = (
  stage: Stage,
  ledger: HolderLedger,
  name: HolderName,
  tenants: ReadonlyArray<TenantId>,
  alter: AlterData,
): SimulatedHolder => {
  const { random, time, scheduler, tally } = stage
  const conducts = new Map(tenants.map(tenantId => [tenantId, drawnConduct(random)]))
  const present = new Map<TenantId, Map<UserId, InboundSharedUserProfile>>(
    tenants.map(tenantId => [tenantId, new Map()]),
  )
  const going = new Set<string>()
  let data = alter(inMemoryProfiles(name, new Map()))
  const conductOf = (tenantId: TenantId): Conduct => conducts.get(tenantId) ?? drawnConduct(random)
  const keyOf = (tenantId: TenantId, userId: UserId): string => `${tenantId} ${userId}`
  const placeOf = (tenantId: TenantId, userId: UserId): Place => ({ holder: name, tenantId, userId })

  /** Really removes: what comes of it is the effect. */
  const takeEffect = async (
    tenantId: TenantId,
    userId: UserId,
    requestId: RemovalRequestId,
  ): Promise<'removed' | 'absent'> => {
    const answer = orThrow(await data.holder.remove({ tenantId, userId, requestId, onBehalfOf: null })())
    present.get(tenantId)?.delete(userId)
    if (answer === 'removed') {
      ledger.removed(placeOf(tenantId, userId), requestId)
      stage.trace(() => `the data of ${userId} at ${name} is gone`)
    }
    return answer
  }

  const accept = async (
    tenantId: TenantId,
    userId: UserId,
    requestId: RemovalRequestId,
  ): Promise<'removed' | 'absent'> => {
    const { hopeless, slowness } = conductOf(tenantId)
    const held = present.get(tenantId)?.has(userId) === true
    const key = keyOf(tenantId, userId)
    if (held && hopeless === 'keeps') {
      tally.fault('holder keeps for ever')
      return 'removed'
    }
    if (going.has(key)) return 'removed'
    if (!held || slowness === 0) return takeEffect(tenantId, userId, requestId)
    tally.fault(slowness > 86_400 ? 'holder takes days' : 'holder takes its time')
    going.add(key)
    scheduler.add({
      owner: null,
      readyAt: time.elapsed() + random.between(1, slowness) * 1000,
      go: async () => {
        going.delete(key)
        await takeEffect(tenantId, userId, requestId)
      },
    })
    return 'removed'
  }

  const holder: DataHolder = {
    name,
    remove:
      ({ tenantId, userId, requestId }) =>
      async () => {
        const own = drawnProblem(random, stage.weather(), conductOf(tenantId), 'remove')
        if (own === null) {
          const answer = await accept(tenantId, userId, requestId)
          ledger.says(placeOf(tenantId, userId), answer === 'removed' ? 'has removed' : 'has nothing')
          return E.right(answer)
        }
        tally.fault(own.fault)
        if (own.effect) await accept(tenantId, userId, requestId)
        return E.left(own.problem)
      },
    readBack: (tenantId, userId) => async () => {
      const own = drawnProblem(random, stage.weather(), conductOf(tenantId), 'readBack')
      if (own !== null) return E.left(own.problem)
      const place = placeOf(tenantId, userId)
      if (!conductOf(tenantId).readable) {
        ledger.says(place, 'cannot be read')
        return E.right('notSupported')
      }
      const found = await data.holder.readBack(tenantId, userId)()
      if (E.isRight(found)) ledger.says(place, found.right === 'absent' ? 'reads absent' : 'reads present')
      return found
    },
  }

  return {
    name,
    holder,
    data: () => data,
    share: (tenantId, profile) => {
      const place = placeOf(tenantId, profile.userId)
      if (present.get(tenantId)?.has(profile.userId) === true) return false
      present.get(tenantId)?.set(profile.userId, profile)
      ledger.shared(place)
      data = alter(
        inMemoryProfiles(name, new Map([...present].map(([tenant, held]) => [tenant, [...held.values()]]))),
      )
      return true
    },
    isGoing: (tenantId, userId) => going.has(keyOf(tenantId, userId)),
    conductOf,
    changeConduct: (tenantId, change) => {
      conducts.set(tenantId, { ...conductOf(tenantId), ...change })
    },
  }
}
