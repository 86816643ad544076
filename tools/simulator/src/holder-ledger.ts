import type { HolderName, RemovalRequestId, TenantId, UserId } from '@lethe/domain'

/** Somebody's data at a holder. */
export interface Place {
  readonly holder: HolderName
  readonly tenantId: TenantId
  readonly userId: UserId
}

/** Data that a holder really removed, whatever was answered. */
export interface Effect extends Place {
  readonly requestId: RemovalRequestId
  /** Which data: 1 for what was there at the beginning, one more each time that the profile is shared anew. */
  readonly generation: number
}

/** What a holder can say of somebody's data. `has` is its answer to a call that asked it to remove. */
export type Saying = 'has removed' | 'has nothing' | 'reads absent' | 'reads present' | 'cannot be read'

interface Entry {
  readonly generation: number
  readonly present: boolean
  readonly sharedAt: number
  /** When the holder last said what. */
  readonly said: Readonly<Partial<Record<Saying, number>>>
}

/** What holders really did, and what really is there. Moments are counted, so that one is before the other. */
export interface HolderLedger {
  readonly shared: (place: Place) => void
  readonly removed: (place: Place, requestId: RemovalRequestId) => void
  readonly says: (place: Place, what: Saying) => void
  /** Whether the holder has said so since that moment. */
  readonly hasSaid: (place: Place, what: Saying, since: number) => boolean
  /** The moment that it is: every change, and everything that a holder says, makes it a later one. */
  readonly moment: () => number
  readonly isPresent: (place: Place) => boolean
  /**
   * Whether it is wrong to say that data was verified as absent: it was not read so since that moment, or what is there
   * now was there already when it was.
   */
  readonly contradictsAbsence: (place: Place, since: number) => boolean
  readonly effects: () => ReadonlyArray<Effect>
}

export const createHolderLedger = (): HolderLedger => {
  const entries = new Map<string, Entry>()
  const effects: Array<Effect> = []
  let moment = 0
  const keyOf = ({ holder, tenantId, userId }: Place): string => `${holder} ${tenantId} ${userId}`
  const entryOf = (place: Place): Entry =>
    entries.get(keyOf(place)) ?? { generation: 0, present: false, sharedAt: 0, said: {} }
  const change = (place: Place, changed: Partial<Entry>): void => {
    moment += 1
    entries.set(keyOf(place), { ...entryOf(place), ...changed })
  }
  return {
    shared: place => {
      change(place, { present: true, generation: entryOf(place).generation + 1, sharedAt: moment + 1 })
    },
    removed: (place, requestId) => {
      effects.push({ ...place, requestId, generation: entryOf(place).generation })
      change(place, { present: false })
    },
    says: (place, what) => change(place, { said: { ...entryOf(place).said, [what]: moment + 1 } }),
    hasSaid: (place, what, since) => (entryOf(place).said[what] ?? 0) > since,
    moment: () => moment,
    isPresent: place => entryOf(place).present,
    contradictsAbsence: (place, since) => {
      const { present, said, sharedAt } = entryOf(place)
      const lastRead = said['reads absent'] ?? 0
      return lastRead <= since || (present && sharedAt < lastRead)
    },
    effects: () => effects,
  }
}
