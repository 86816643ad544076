import { addSeconds, type TenantId } from '@lethe/domain'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../ports/environment.js'
import type { Unavailable } from '../ports/problems.js'
import { type SealedSignIns, signInKeptSeconds } from '../ports/sign-ins.js'

export interface ForgetSignInsDeps {
  readonly sealedSignIns: Pick<SealedSignIns, 'eraseKeptBefore'>
  readonly clock: Clock
}

export type ForgetSignIns = (input: { readonly tenantId: TenantId }) => TaskEither<Unavailable, number>

/**
 * Erases the sign-ins of a tenant that were kept for as long as they may be: also those that another setting left behind.
 *
 * @returns how many.
 */
export const forgetSignIns =
  ({ sealedSignIns, clock }: ForgetSignInsDeps): ForgetSignIns =>
  ({ tenantId }) =>
    sealedSignIns.eraseKeptBefore(tenantId, addSeconds(clock.now(), -signInKeptSeconds))
