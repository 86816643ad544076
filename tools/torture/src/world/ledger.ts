import type { RemovalRequestId, TenantId, UserId } from '@lethe/domain'

/** A call that asked the holder to remove somebody, in the order of arrival. */
export interface HolderCall {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  readonly userId: UserId
  /** Seconds since the run began. */
  readonly at: number
  /** The types of the events that the database held of the request at that moment; null where it could not be asked. */
  readonly eventsThen: ReadonlyArray<string> | null
}

/** Data of a person that went, and for which request. */
export interface Effect {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  readonly userId: UserId
}

/** What the data holder did, kept outside of every process that is killed. */
export interface Ledger {
  /** Makes a profile that is there to be removed. */
  readonly add: (tenantId: TenantId, userId: UserId) => void
  readonly has: (tenantId: TenantId, userId: UserId) => boolean
  readonly called: (call: HolderCall) => void
  /** Removes, if it is there. */
  readonly remove: (effect: Effect) => 'removed' | 'absent'
  readonly calls: () => ReadonlyArray<HolderCall>
  readonly effects: () => ReadonlyArray<Effect>
}

export const openLedger = (): Ledger => {
  const present = new Set<string>()
  const calls: Array<HolderCall> = []
  const effects: Array<Effect> = []
  const keyOf = (tenantId: TenantId, userId: UserId): string => `${tenantId} ${userId}`
  return {
    add: (tenantId, userId) => {
      present.add(keyOf(tenantId, userId))
    },
    has: (tenantId, userId) => present.has(keyOf(tenantId, userId)),
    called: call => {
      calls.push(call)
    },
    remove: effect => {
      if (!present.delete(keyOf(effect.tenantId, effect.userId))) return 'absent'
      effects.push(effect)
      return 'removed'
    },
    calls: () => calls,
    effects: () => effects,
  }
}
