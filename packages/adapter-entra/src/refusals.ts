/** The token is longer than what is read, or is not three base64url parts of which the first two are JSON objects. */
export interface TokenNotWellFormed {
  readonly _tag: 'TokenNotWellFormed'
}

/** Wrong algorithm, unknown key, bad signature, an issuer that is not trusted for the tenant, a claim missing. */
export interface TokenInvalid {
  readonly _tag: 'TokenInvalid'
}

/** Its `exp` is past. */
export interface TokenExpired {
  readonly _tag: 'TokenExpired'
}

/** Its `nbf` is still to come. */
export interface TokenNotYetValid {
  readonly _tag: 'TokenNotYetValid'
}

/** The token is genuine, and is meant for somebody else. */
export interface AudienceInvalid {
  readonly _tag: 'AudienceInvalid'
}

/** Why a token is refused. None says what was in the token. */
export type TokenRefusal =
  | TokenNotWellFormed
  | TokenInvalid
  | TokenExpired
  | TokenNotYetValid
  | AudienceInvalid

/** The issuer's keys cannot be had, so that nothing can be said about the token. */
export interface KeysUnavailable {
  readonly _tag: 'KeysUnavailable'
  /** When the issuer is next asked: whole seconds from now, at least 1. */
  readonly retryAfterSeconds: number
}

export const tokenNotWellFormed: TokenNotWellFormed = { _tag: 'TokenNotWellFormed' }
export const tokenInvalid: TokenInvalid = { _tag: 'TokenInvalid' }
export const tokenExpired: TokenExpired = { _tag: 'TokenExpired' }
export const tokenNotYetValid: TokenNotYetValid = { _tag: 'TokenNotYetValid' }
export const audienceInvalid: AudienceInvalid = { _tag: 'AudienceInvalid' }
