import type { RemovalRequestFilter } from '@lethe/application'
import type { DenialCode, Instant, RemovalRequestId, UserId } from '@lethe/domain'
import type { Person } from './people.js'

/** What somebody does. */
export type Act =
  | {
      readonly kind: 'submit'
      readonly by: Person
      readonly userId: UserId
      readonly receivedAt: Instant | null
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
      readonly kind: 'list'
      readonly by: Person
      readonly filter: RemovalRequestFilter
      readonly size: number
    }
  /** An operator erases the reference to a data subject, or to an actor, on their request. */
  | { readonly kind: 'eraseSubject' | 'eraseActor'; readonly by: Person; readonly userId: UserId }
