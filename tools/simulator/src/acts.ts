import type { BatchFilter, RemovalRequestFilter } from '@lethe/application'
import type { AbandonmentCode, BatchId, DenialCode, Instant, RemovalRequestId, UserId } from '@lethe/domain'
import type { ShownBatch } from './known-batches.js'
import type { Person } from './people.js'

/** A decision of a batch. */
interface BatchAct {
  readonly by: Person
  /** The preview that it is about, of whatever age. */
  readonly shown: ShownBatch
  /** Where to begin; null for the beginning. */
  readonly after: RemovalRequestId | null
}

/** What somebody does. */
export type Act =
  | {
      readonly kind: 'submit'
      readonly by: Person
      readonly userId: UserId
      readonly receivedAt: Instant | null
      readonly receivedConfirmed: boolean
      readonly batch: BatchId | null
    }
  | {
      readonly kind: 'approve' | 'withdraw' | 'retry' | 'get' | 'history'
      readonly by: Person
      readonly id: RemovalRequestId
    }
  | {
      readonly kind: 'deny'
      readonly by: Person
      readonly id: RemovalRequestId
      readonly code: DenialCode
      readonly note: string | null
    }
  | {
      readonly kind: 'close'
      readonly by: Person
      readonly id: RemovalRequestId
      readonly code: AbandonmentCode
      readonly note: string | null
    }
  | {
      readonly kind: 'list'
      readonly by: Person
      readonly filter: RemovalRequestFilter
      readonly size: number
    }
  | {
      readonly kind: 'listBatches'
      readonly by: Person
      readonly filter: BatchFilter
      readonly size: number
    }
  | { readonly kind: 'preview'; readonly by: Person; readonly batch: BatchId }
  | { readonly kind: 'retryBatch' | 'withdrawBatch'; readonly by: Person; readonly batch: BatchId }
  | ({ readonly kind: 'approveBatch' } & BatchAct)
  | ({
      readonly kind: 'denyBatch'
      readonly code: DenialCode
      readonly note: string | null
    } & BatchAct)
  /** An operator erases the reference to a data subject, or to an actor, on their request. */
  | { readonly kind: 'eraseSubject' | 'eraseActor'; readonly by: Person; readonly userId: UserId }
