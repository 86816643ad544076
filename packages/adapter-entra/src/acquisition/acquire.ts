import type { AuthenticationResult } from '@azure/msal-node'
import type { TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { type AcquisitionProblem, acquisitionProblemOf, tokenProblemOf } from './acquisition-problem.js'
import type { EndpointGate } from './endpoint-gate.js'
import { type TokenProblem, tokenUnavailable } from './token-problem.js'

/** Told of every token that was not given. */
export type OnProblem = (problem: AcquisitionProblem) => void

/**
 * Has MSAL get a token.
 *
 * @param gate of the endpoint that MSAL asks.
 * @param ask the call of MSAL.
 * @returns what MSAL got, with a token in it; or a `TokenProblem`, after the operator was told of it.
 */
export const acquire =
  (onProblem: OnProblem) =>
  (
    tenantId: TenantId,
    gate: EndpointGate,
    ask: () => Promise<AuthenticationResult | null>,
  ): TE.TaskEither<TokenProblem, AuthenticationResult> =>
  async () => {
    try {
      const result = await ask()
      if (result !== null && result.accessToken !== '') return E.right(result)
      onProblem({ tenantId, code: 'no_token', aadsts: null, network: null })
      return E.left(tokenUnavailable(gate.secondsLeft()))
    } catch (error) {
      onProblem(acquisitionProblemOf(tenantId, error, gate.network()))
      return E.left(tokenProblemOf(error, gate.secondsLeft()))
    }
  }
