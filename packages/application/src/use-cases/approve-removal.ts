import {
  approve,
  type Grant,
  type GuestApproval,
  type RemovalRequest,
  type RemovalRequestId,
  type SelfApproval,
  type WrongState,
} from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../ports/environment.js'
import type { SignIns } from '../ports/sign-ins.js'
import { act, type ActingDeps, type ActingRefusal, actorOf } from './acting.js'

export interface ApproveRemovalDeps extends ActingDeps {
  readonly clock: Clock
  /** Where a worker acts for people: for whoever sets it going. */
  readonly signIns: Pick<SignIns, 'keep'>
}

export type ApproveRemovalRefusal = ActingRefusal | SelfApproval | GuestApproval | WrongState

export type ApproveRemoval = (input: {
  readonly grant: Grant<'approve'>
  readonly id: RemovalRequestId
}) => TaskEither<ApproveRemovalRefusal, RemovalRequest>

/** Approves a request; with the last approval that its policy asks for, the removal can begin. */
export const approveRemoval =
  (deps: ApproveRemovalDeps): ApproveRemoval =>
  ({ grant, id }) =>
    act(deps)({
      tenantId: grant.tenantId,
      id,
      actor: actorOf(grant.caller),
      note: null,
      signIn: { caller: grant.caller, signIns: deps.signIns },
      decide: by =>
        approve({
          by,
          guest: grant.caller.kind === 'workAccount' && grant.caller.guest,
          at: deps.clock.now(),
        }),
    })
