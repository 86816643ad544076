/** Where the operator's token comes from. */
export interface TokenOrigin {
  readonly tokenSource: 'LETHE_TOKEN' | 'signIn'
  /** The name of the context that is used; null for none. */
  readonly context: string | null
  /** As whom somebody signed in; null for a token from elsewhere. */
  readonly account: string | null
}
