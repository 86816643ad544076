import { type Grant, type RemovalRequest, type RemovalRequestId, retry, type WrongState } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../ports/environment.js'
import type { SignIns } from '../ports/sign-ins.js'
import { act, type ActingDeps, type ActingRefusal, actorOf } from './acting.js'

export interface RetryRemovalDeps extends ActingDeps {
  readonly clock: Clock
  /** Where a worker acts for people: for whoever sets it going. */
  readonly signIns: Pick<SignIns, 'keep'>
}

export type RetryRemovalRefusal = ActingRefusal | WrongState

export type RetryRemoval = (input: {
  readonly grant: Grant<'retry'>
  readonly id: RemovalRequestId
}) => TaskEither<RetryRemovalRefusal, RemovalRequest>

/** Takes a failed request up again, with the holders that are not done yet. */
export const retryRemoval =
  (deps: RetryRemovalDeps): RetryRemoval =>
  ({ grant, id }) =>
    act(deps)({
      tenantId: grant.tenantId,
      id,
      actor: actorOf(grant.caller),
      note: null,
      signIn: { caller: grant.caller, signIns: deps.signIns },
      decide: by => retry({ by, at: deps.clock.now() }),
    })
