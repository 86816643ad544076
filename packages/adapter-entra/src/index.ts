export type { AcquisitionProblem } from './acquisition/acquisition-problem.js'
export { authorityOf, type Authority, type AuthorityMistake } from './acquisition/authority.js'
export {
  type ClientCredential,
  type CredentialMistake,
  federatedTokenFile,
  msalCredentialOf,
} from './acquisition/client-credential.js'
export {
  type CredentialSource,
  type CredentialSourceMistake,
  readCredential,
} from './acquisition/credential-source.js'
export {
  type GraphTokenRequest,
  graphTokens,
  type GraphTokens,
  type GraphTokensSettings,
} from './acquisition/graph-tokens.js'
export {
  expectedSealingKeys,
  type SealingKey,
  type SealingKeys,
  sealingKeysFrom,
} from './acquisition/sealing-keys.js'
export type { TokenProblem } from './acquisition/token-problem.js'
export type {
  AudienceInvalid,
  KeysUnavailable,
  TokenExpired,
  TokenInvalid,
  TokenNotWellFormed,
  TokenNotYetValid,
  TokenRefusal,
} from './refusals.js'
export { trustedIssuers, type BadIssuer, type IssuerMistake, type TrustedIssuers } from './trusted-issuers.js'
export {
  entraTokens,
  type EntraTokens,
  type EntraTokensConfig,
  type KeysProblem,
  type VerifiedToken,
} from './verification.js'
