import {
  type Grant,
  type HolderCalled,
  type JoinedByOthers,
  type NotSubmitter,
  type RemovalRequest,
  type RemovalRequestId,
  withdraw,
  type WrongState,
} from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../ports/environment.js'
import { act, type ActingDeps, type ActingRefusal, actorOf } from './acting.js'

export interface WithdrawRemovalDeps extends ActingDeps {
  readonly clock: Clock
}

export type WithdrawRemovalRefusal = ActingRefusal | NotSubmitter | JoinedByOthers | HolderCalled | WrongState

export type WithdrawRemoval = (input: {
  readonly grant: Grant<'withdraw'>
  readonly id: RemovalRequestId
}) => TaskEither<WithdrawRemovalRefusal, RemovalRequest>

/** Takes a request back: one's own, or any where the grant reaches that far. */
export const withdrawRemoval =
  (deps: WithdrawRemovalDeps): WithdrawRemoval =>
  ({ grant, id }) =>
    act(deps)({
      tenantId: grant.tenantId,
      id,
      actor: actorOf(grant.caller),
      note: null,
      signIn: null,
      decide: by => withdraw({ by, reach: grant.reach, at: deps.clock.now() }),
    })
