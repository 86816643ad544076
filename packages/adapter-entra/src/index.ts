export type {
  AudienceInvalid,
  KeysUnavailable,
  TokenExpired,
  TokenInvalid,
  TokenNotWellFormed,
  TokenRefusal,
} from './refusals.js'
export { trustedIssuers, type BadIssuer, type IssuerMistake, type TrustedIssuers } from './trusted-issuers.js'
export { entraTokens, type EntraTokens, type EntraTokensConfig, type VerifiedToken } from './verification.js'
