import {
  AuthError,
  ClientConfigurationError,
  InteractionRequiredAuthError,
  ServerError,
} from '@azure/msal-node'
import type { TenantId } from '@lethe/domain'
import { signInRequired, type TokenProblem, tokenUnavailable } from './token-problem.js'

/** What an operator may know of a token that was not given: codes, and never a description. */
export interface AcquisitionProblem {
  readonly tenantId: TenantId
  /** The OAuth error (RFC 6749 section 5.2), or MSAL's code for what went wrong on the way. */
  readonly code: string
  /** Such as `AADSTS7000215`; null where Entra gave none. */
  readonly aadsts: string | null
  /** Why the issuer could not be reached: a code such as ECONNREFUSED, or PROXY_407 where a proxy failed; null where it was. */
  readonly network: string | null
}

/** OAuth errors that say nothing of the credential, and pass. */
const passing: ReadonlySet<string> = new Set([
  'temporarily_unavailable',
  'server_error',
  'service_unavailable',
])

/**
 * Tells what to do about an error of MSAL. Who asked with a wrong credential or a revoked sign-in gets the same answer
 * again until a person acts; whatever else went wrong may pass.
 *
 * @param retryAfterSeconds how long the issuer asked to be left alone; null where it did not.
 */
export const tokenProblemOf = (error: unknown, retryAfterSeconds: number | null): TokenProblem => {
  if (error instanceof InteractionRequiredAuthError) return signInRequired
  if (error instanceof ClientConfigurationError) return signInRequired
  if (error instanceof ServerError && !passing.has(error.errorCode)) return signInRequired
  return tokenUnavailable(retryAfterSeconds)
}

/** What there is to tell an operator about an error of MSAL. */
export const acquisitionProblemOf = (
  tenantId: TenantId,
  error: unknown,
  network: string | null,
): AcquisitionProblem => ({
  tenantId,
  code: error instanceof AuthError ? plainCode(error.errorCode) : 'unexpected_error',
  aadsts: aadstsOf(error),
  network,
})

/** A code comes from outside, and could be anything. */
const plainCode = (code: string): string => (/^\w{1,64}$/.test(code) ? code : 'unknown_error')

const aadstsOf = (error: unknown): string | null => {
  if (!(error instanceof ServerError) && !(error instanceof InteractionRequiredAuthError)) return null
  // MSAL's types say that it is a text; it is the number that Entra sent.
  const errorNo: unknown = error.errorNo
  return typeof errorNo === 'number' && Number.isSafeInteger(errorNo) ? `AADSTS${errorNo}` : null
}
