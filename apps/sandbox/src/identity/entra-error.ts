import { randomUUID } from 'node:crypto'

/** A refusal of the token endpoint, as Entra words it. */
export interface EntraError {
  readonly status: 400 | 401
  readonly error:
    | 'invalid_request'
    | 'invalid_client'
    | 'unauthorized_client'
    | 'invalid_grant'
    | 'interaction_required'
    | 'unsupported_grant_type'
    | 'invalid_scope'
    | 'access_denied'
    | 'authorization_pending'
    | 'slow_down'
    | 'expired_token'
    | 'unsupported_response_type'
  /** The number of AADSTS. */
  readonly code: number
  readonly message: string
  readonly suberror?: string
  /** What the next token must be asked for with, as JSON. */
  readonly claims?: string
}

const refusal = (
  status: EntraError['status'],
  error: EntraError['error'],
  code: number,
  message: string,
  more: Pick<EntraError, 'suberror' | 'claims'> = {},
): EntraError => ({ status, error, code, message, ...more })

/**
 * The refusals that the sandbox knows.
 *
 * Source: Microsoft Entra authentication and authorization error codes (AADSTS); the wording is ours.
 */
export const entraErrors = {
  parameterMissing: (name: string) =>
    refusal(400, 'invalid_request', 900144, `The request body must contain the parameter: '${name}'.`),
  unknownTenant: refusal(400, 'invalid_request', 90002, 'The tenant was not found.'),
  unknownClient: refusal(400, 'unauthorized_client', 700016, 'The application was not found in the tenant.'),
  credentialMissing: refusal(
    401,
    'invalid_client',
    7000218,
    "The request body must contain 'client_assertion' or 'client_secret'.",
  ),
  secretWrong: refusal(401, 'invalid_client', 7000215, 'The client secret is not valid.'),
  assertionWrong: refusal(401, 'invalid_client', 700027, 'The client assertion is not valid.'),
  grantUnsupported: refusal(400, 'unsupported_grant_type', 70003, 'The grant type is not supported.'),
  scopeWrong: refusal(400, 'invalid_scope', 70011, 'The scope is not valid.'),
  scopeNotDefault: refusal(400, 'invalid_scope', 1002012, 'The scope must end in /.default.'),
  clientIsPublic: refusal(
    401,
    'invalid_client',
    700025,
    "The client is public, so neither 'client_assertion' nor 'client_secret' should be presented.",
  ),
  redirectWrong: refusal(
    400,
    'invalid_request',
    50011,
    'The redirect URI does not match one that is registered for the application.',
  ),
  responseTypeUnsupported: refusal(
    400,
    'unsupported_response_type',
    700054,
    "Only 'code' is a response type here.",
  ),
  responseModeUnsupported: refusal(
    400,
    'invalid_request',
    90100,
    "The parameter 'response_mode' is not valid.",
  ),
  challengeMissing: refusal(
    400,
    'invalid_request',
    9002325,
    'Proof Key for Code Exchange (S256) is required to redeem an authorization code.',
  ),
  codeWrong: refusal(400, 'invalid_grant', 70000, 'The authorization code is not valid.'),
  codeExpired: refusal(400, 'invalid_grant', 70008, 'The authorization code has expired.'),
  codeRedeemed: refusal(400, 'invalid_grant', 54005, 'The authorization code was already redeemed.'),
  redirectDiffers: refusal(
    400,
    'invalid_grant',
    500112,
    'The redirect URI is not the one that the code was asked for with.',
  ),
  verifierWrong: refusal(
    400,
    'invalid_grant',
    501481,
    "The 'code_verifier' does not match the 'code_challenge' of the authorization request.",
  ),
  verifierMissing: refusal(400, 'invalid_grant', 50148, "The 'code_verifier' is missing."),
  devicePending: refusal(
    400,
    'authorization_pending',
    70016,
    'The sign-in on the other device is not done yet; ask again.',
  ),
  deviceTooFast: refusal(400, 'slow_down', 1002014, 'Ask less often.'),
  deviceExpired: refusal(400, 'expired_token', 70020, 'The device code has expired.'),
  deviceCodeWrong: refusal(400, 'invalid_grant', 70000, 'The device code is not valid.'),
  signInDeclined: refusal(400, 'access_denied', 65004, 'The user declined the sign-in.'),
  claimsMalformed: refusal(400, 'invalid_request', 90100, "The parameter 'claims' is not valid."),
  userAssertionWrong: refusal(
    400,
    'invalid_grant',
    500133,
    'The assertion is not within its valid time range, or not valid.',
  ),
  userAssertionForAnother: refusal(
    400,
    'invalid_grant',
    500131,
    'The assertion is not meant for this application.',
  ),
  refreshTokenWrong: refusal(
    400,
    'invalid_grant',
    700082,
    'The refresh token has expired, or is not valid.',
    { suberror: 'bad_token' },
  ),
  consentMissing: refusal(
    400,
    'invalid_grant',
    65001,
    'The user or an administrator has not consented to use the application.',
    { suberror: 'consent_required' },
  ),
  signInRevoked: refusal(
    400,
    'invalid_grant',
    50173,
    'The grant was revoked, and a fresh sign-in is needed.',
    { suberror: 'bad_token' },
  ),
  interactionNeeded: (claims: string | null) =>
    refusal(400, 'interaction_required', 50076, 'Multi-factor authentication is needed to go on.', {
      suberror: 'basic_action',
      ...(claims === null ? {} : { claims }),
    }),
} as const

/** The body of such a refusal. */
export const entraErrorBody = (refused: EntraError, correlationId: string, at: Date) => {
  const traceId = randomUUID()
  const timestamp = `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    error: refused.error,
    error_description: `AADSTS${refused.code}: ${refused.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [refused.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(refused.suberror === undefined ? {} : { suberror: refused.suberror }),
    ...(refused.claims === undefined ? {} : { claims: refused.claims }),
  }
}
