/** Why there is no token, though somebody had signed in. */
export type SignInRefusal =
  /** The sign-in was taken away, has ended, or needs its person. `code` is Entra's, such as AADSTS50173. */
  | { readonly _tag: 'SignInExpired'; readonly context: string; readonly code: string | null }
  /** Where people sign in, nobody answers. */
  | { readonly _tag: 'SignInUnreachable' }
  /** The issuer said no. */
  | { readonly _tag: 'SignInFailed'; readonly code: string }

/** Why it is not known where to go, or as whom. */
export type ContextRefusal =
  | { readonly _tag: 'UnknownContext'; readonly name: string }
  | { readonly _tag: 'NotLoggedIn'; readonly context: string }
  /** The sign-in is for another server, and must not go to this one. */
  | { readonly _tag: 'ForeignSignIn'; readonly context: string; readonly server: string }

/** Why nobody could sign in. */
export type LoginRefusal =
  | { readonly _tag: 'NoSignInOffered' }
  /** The server names an issuer that no password should be typed at. */
  | { readonly _tag: 'UntrustedAuthority' }
  /** Nobody could be asked whether a server that is new may have a token. */
  | { readonly _tag: 'ServerNotKnown'; readonly server: string }
  /** Nobody would see where to sign in. */
  | { readonly _tag: 'SignInImpossible' }
  | { readonly _tag: 'SignInCancelled' }
