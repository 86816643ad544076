import type { BatchId, RemovalRequestId, TenantId, UserId } from '@lethe/domain'
import type { Person } from '../world/cast.js'
import type { MadeBatch, ShownBatch } from './batches.js'

/** A request that a client knows of, because somebody was told of it. */
export interface KnownRequest {
  readonly tenantId: TenantId
  readonly requestId: RemovalRequestId
  readonly subject: UserId
  /** The batch that it was asked for with; null for none. */
  readonly batch: BatchId | null
}

/** What a client does in one call. */
export type Act =
  | {
      readonly kind: 'submit'
      readonly route: 'removePersonalData' | 'submit' | 'batch' | 'ownBatch'
      readonly tenantId: TenantId
      /** One, but where several are sent in one call. */
      readonly subjects: ReadonlyArray<UserId>
      readonly by: Person
      /** The person asked two months ago: the request is overdue, and expires as soon as it may. */
      readonly overdue: boolean
      readonly fate: Fate
      /** The batch that the requests are a part of; null for none. */
      readonly batch: BatchId | null
    }
  | {
      readonly kind: 'decide'
      readonly route: 'approve' | 'deny' | 'withdraw' | 'retry' | 'close'
      readonly request: KnownRequest
      readonly by: Person
    }
  | { readonly kind: 'preview'; readonly batch: MadeBatch; readonly by: Person; readonly fate: BatchFate }
  | {
      readonly kind: 'decideBatch'
      readonly route: 'approveBatch' | 'denyBatch'
      readonly shown: ShownBatch
      readonly by: Person
      /** Whether whoever hears that the batch changed looks at it again, and decides that. */
      readonly insists: boolean
    }
  | {
      readonly kind: 'actOnBatch'
      readonly route: 'retryBatch' | 'withdrawBatch'
      readonly batch: MadeBatch
      readonly by: Person
    }
  | {
      readonly kind: 'read'
      readonly route: 'profile' | 'profiles' | 'list' | 'get' | 'history' | 'me'
      readonly tenantId: TenantId
      readonly request: KnownRequest | null
      readonly by: Person
    }

export type Submission = Extract<Act, { readonly kind: 'submit' }>

/** What clients mean to do with a request once it was acknowledged. */
export type Fate =
  | 'approve'
  | 'deny'
  | 'withdraw'
  | 'approveAndWithdraw'
  | 'approveOwn'
  | 'leave'
  | 'decidedWithBatch'

/** What clients mean to do with a batch once they have seen it. */
export type BatchFate = 'approve' | 'approveOnce' | 'addAndApprove' | 'approveOwn' | 'deny' | 'leave'

/** What a fate calls for, in this order. */
export const decisionsOf = (
  fate: Fate,
  submitter: Person,
  { alma, megan, isaiah }: Readonly<Record<'alma' | 'megan' | 'isaiah', Person>>,
): ReadonlyArray<readonly [Extract<Act, { readonly kind: 'decide' }>['route'], Person]> => {
  switch (fate) {
    case 'approve':
      return [
        ['approve', megan],
        ['approve', isaiah],
      ]
    case 'deny':
      return [['deny', megan]]
    case 'withdraw':
      return [['withdraw', submitter]]
    case 'approveAndWithdraw':
      return [
        ['approve', isaiah],
        ['approve', megan],
        ['withdraw', submitter],
      ]
    case 'approveOwn':
      return [
        ['approve', alma],
        ['approve', megan],
        ['approve', isaiah],
      ]
    case 'leave':
    case 'decidedWithBatch':
      return []
  }
}
