import type {
  ApprovalPolicies,
  DataHolders,
  Digest,
  Identifiers,
  InboundProfiles,
  StorePorts,
} from '@lethe/application'
import type { AbsenceRule, RetrySchedule, UserId } from '@lethe/domain'
import type { Alterations } from './alterations.js'
import type { Crash } from './calls.js'
import type { Deliveries } from './deliveries.js'
import type { KnownBatches } from './known-batches.js'
import type { KnownRequests } from './known-requests.js'
import type { SimulatedTenant } from './people.js'
import type { Stage } from './stage.js'
import type { Witness } from './witness.js'

/** What processes reach through ports only, and the simulator sees as it is. */
export interface Backstage {
  readonly stage: Stage
  readonly tenants: ReadonlyArray<SimulatedTenant>
  /** Who may not approve. */
  readonly guests: ReadonlySet<UserId>
  /** As processes see it. */
  readonly store: StorePorts
  readonly findPersonIn: Alterations['reading']['findPerson']
  readonly known: KnownRequests
  readonly batches: KnownBatches
  /** How much people do by batches: the weight of it beside what else they do. */
  readonly batchHabit: number
  /** How many requests of a batch one call decides at most. */
  readonly batchAtOnce: number
  readonly witness: Witness
  readonly deliveries: Deliveries
  readonly dataHolders: DataHolders
  readonly inboundProfiles: Pick<InboundProfiles, 'get'>
  readonly approvalPolicies: ApprovalPolicies
  readonly identifiers: Identifiers
  readonly digest: Digest
  readonly attempts: RetrySchedule
  readonly readBacks: RetrySchedule
  readonly absence: AbsenceRule
  readonly crash: Crash
  readonly alterWorker: Alterations['worker']
  readonly alterDeciding: Alterations['deciding']
}
