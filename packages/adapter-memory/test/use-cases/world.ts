import {
  findPersonIn,
  type FailDeadRemovalDeps,
  type ApproveRemovalDeps,
  type CloseRemovalDeps,
  type DataHolder,
  type DenyRemovalDeps,
  type ExpireRemovalsDeps,
  type GetHistoryDeps,
  type InboundProfiles,
  type ListRemovalRequestsDeps,
  noSignIns,
  type SignIns,
  type PerformRemovalDeps,
  type StoredHistory,
  type StorePorts,
  type SubmitRemovalDeps,
  type TenantPolicy,
} from '@lethe/application'
import { readable, decoded, rightOf, someOf, succeed } from '@lethe/application/testing'
import { sha256Digest, systemTimer } from '@lethe/adapter-system'
import {
  type AbsenceRule,
  HolderName,
  type InboundSharedUserProfile,
  readEvent,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalRequestId,
  type RetrySchedule,
  saturdayAndSunday,
  type TenantId,
} from '@lethe/domain'
import {
  inMemoryApprovalPolicies,
  inMemoryProfiles,
  inMemoryStore,
  type ResourceTenantData,
} from '../../src/index.js'
import { freshIds } from '../fresh-ids.js'
import { movableClock, type MovableClock } from '../movable-clock.js'
import { administrator, bob, type Claims, officer } from './people.js'

export const graph: HolderName = decoded(HolderName, 'graph')
export const crm: HolderName = decoded(HolderName, 'crm')
export const leaseSeconds = 60

export const attempts: RetrySchedule = {
  firstDelaySeconds: 60,
  factor: 2,
  longestDelaySeconds: 3600,
  giveUpAfterSeconds: 86_400,
}
export const readBacks: RetrySchedule = { ...attempts, giveUpAfterSeconds: 7 * 86_400 }

export type Deps = SubmitRemovalDeps &
  ApproveRemovalDeps &
  DenyRemovalDeps &
  CloseRemovalDeps &
  ExpireRemovalsDeps &
  PerformRemovalDeps &
  FailDeadRemovalDeps &
  GetHistoryDeps &
  ListRemovalRequestsDeps & {
    readonly inboundProfiles: Pick<InboundProfiles, 'get' | 'list'>
    readonly signIns: SignIns
  }

/** A resource tenant with the profile of Bob in it, its people, and everything that runs it. */
export interface World {
  readonly tenantId: TenantId
  readonly adele: Claims
  readonly megan: Claims
  readonly isaiah: Claims
  readonly clock: MovableClock
  readonly store: StorePorts
  readonly graphData: ResourceTenantData
  readonly crmData: ResourceTenantData
  readonly deps: Deps
  /** Changes which holders are configured. */
  readonly configure: (holders: ReadonlyArray<DataHolder>) => void
}

export interface WorldWish {
  readonly approval?: TenantPolicy['approval']
  readonly expiresAfterDays?: number
  /** One look where nothing is said. */
  readonly absence?: AbsenceRule
  /** The holders that are configured; Graph alone where nothing is said. */
  readonly holders?: (data: {
    readonly graph: DataHolder
    readonly crm: DataHolder
  }) => ReadonlyArray<DataHolder>
}

export const bobIn = (homeTenantId: TenantId): InboundSharedUserProfile => ({
  userId: bob,
  userPrincipalName: 'bob@fabrikam.example',
  displayName: 'Bob Kelly',
  homeTenantId,
})

export const createWorld = (wish: WorldWish = {}): World => {
  const tenantId = freshIds.tenantId()
  const clock = movableClock()
  const store = inMemoryStore({ digest: sha256Digest, clock, leaseSeconds })
  const seed = new Map([[tenantId, [bobIn(freshIds.tenantId())]]])
  const [graphData, crmData] = [inMemoryProfiles(graph, seed), inMemoryProfiles(crm, seed)]
  let holders = wish.holders?.({ graph: graphData.holder, crm: crmData.holder }) ?? [graphData.holder]
  const policy: TenantPolicy = {
    approval: wish.approval ?? { mode: 'approvers', required: 1 },
    expiresAfterDays: wish.expiresAfterDays ?? null,
  }
  return {
    tenantId,
    adele: administrator(tenantId),
    megan: officer(tenantId),
    isaiah: officer(tenantId),
    clock,
    store,
    graphData,
    crmData,
    configure: configured => {
      holders = configured
    },
    deps: {
      ...store,
      inboundProfiles: graphData.inboundProfiles,
      dataHolders: { of: () => holders },
      approvalPolicies: inMemoryApprovalPolicies(policy),
      calendar: saturdayAndSunday,
      clock,
      timer: systemTimer,
      identifiers: freshIds.identifiers,
      digest: sha256Digest,
      findPerson: findPersonIn({ subjects: store.subjects, digest: sha256Digest }),
      signIns: noSignIns,
      attempts,
      readBacks,
      absence: wish.absence ?? { looks: 1, seconds: 0 },
    },
  }
}

/** The request as it is stored. */
export const requestOf = async (world: World, id: RemovalRequestId): Promise<RemovalRequest> =>
  readable(someOf(await succeed(world.store.removalRequests.load(world.tenantId, id))))

export const historyOf = async (world: World, id: RemovalRequestId): Promise<StoredHistory> =>
  someOf(await succeed(world.store.removalRequests.history(world.tenantId, id)))

export const eventsOf = async (world: World, id: RemovalRequestId): Promise<ReadonlyArray<RemovalEvent>> =>
  (await historyOf(world, id)).events.map(({ envelope }) => rightOf(readEvent(envelope)))

export const eventTypesOf = async (
  world: World,
  id: RemovalRequestId,
): Promise<ReadonlyArray<RemovalEvent['type']>> => (await eventsOf(world, id)).map(({ type }) => type)
