import type {
  ActorReference,
  BlockedBy,
  HolderAnswer,
  HolderName,
  RemovalRequestId,
  TenantId,
  UserId,
} from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** Why a call to a holder brought no answer that could be recorded as done. */
export type HolderProblem =
  /** It said no, and would again. `answer`, here and below: what it said of itself. */
  | { readonly _tag: 'Refused'; readonly answer?: HolderAnswer }
  /** The credential no longer holds; somebody has to sign in again. `sent`: the holder said so, and not who issues credentials. */
  | { readonly _tag: 'SignInRequired'; readonly sent: boolean; readonly answer?: HolderAnswer }
  /** It is down, or asked to wait. Nothing was done. `sent`: whether the call reached it. */
  | {
      readonly _tag: 'RetryLater'
      readonly afterSeconds: number | null
      readonly sent: boolean
      readonly answer?: HolderAnswer
    }
  /**
   * It is not its turn yet: nothing was done, and nothing was learned of the person. Not worth a word in a history, unless
   * `blockedBy` says that nothing can be done for anybody of the tenant until an administrator acts: that wait has no limit.
   */
  | { readonly _tag: 'NotYet'; readonly afterSeconds: number; readonly blockedBy?: BlockedBy | null }
  /** Nobody knows whether the call took effect. Reading back settles it. */
  | { readonly _tag: 'UnknownOutcome'; readonly answer?: HolderAnswer }

/**
 * A system that holds personal data of inbound users, and can remove it.
 *
 * A call ends within 30 seconds, as `RetryLater` or `UnknownOutcome` if need be: well before a job that a worker holds is
 * delivered to another.
 */
export interface DataHolder {
  readonly name: HolderName
  /**
   * Removes everything that it holds of a person. Calls may repeat.
   *
   * @returns `removed` where it took the call, `absent` where it had nothing.
   */
  readonly remove: (removal: {
    readonly tenantId: TenantId
    readonly requestId: RemovalRequestId
    readonly userId: UserId
    /** Whose sign-in it is done with, where it is done for a person; null for nobody's. */
    readonly onBehalfOf: ActorReference | null
  }) => TaskEither<HolderProblem, 'removed' | 'absent'>
  /**
   * Looks whether anything is left; `notSupported` where the holder cannot say.
   *
   * @returns `husk` where the profile is there without its names: it is not gone.
   */
  readonly readBack: (
    tenantId: TenantId,
    userId: UserId,
  ) => TaskEither<HolderProblem, 'absent' | 'present' | 'husk' | 'notSupported'>
}

/** The data holders of each tenant, as configured. */
export interface DataHolders {
  readonly of: (tenantId: TenantId) => ReadonlyArray<DataHolder>
}
