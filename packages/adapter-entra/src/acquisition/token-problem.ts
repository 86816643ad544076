/** Why there is no token for Graph: the same shape as in adapter-graph, which takes its tokens from here. */
export type TokenProblem = SignInRequired | TokenUnavailable

/** Somebody has to sign in again, or an administrator has to put the credential right. */
export interface SignInRequired {
  readonly _tag: 'SignInRequired'
}

/** The issuer is down, or asked to wait. */
export interface TokenUnavailable {
  readonly _tag: 'TokenUnavailable'
  /** Seconds to wait for at least; null where the issuer named no time. */
  readonly retryAfterSeconds: number | null
}

export const signInRequired: SignInRequired = { _tag: 'SignInRequired' }

export const tokenUnavailable = (retryAfterSeconds: number | null): TokenUnavailable => ({
  _tag: 'TokenUnavailable',
  retryAfterSeconds,
})
