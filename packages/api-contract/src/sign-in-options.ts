import * as t from 'io-ts'

/** How people sign in to this Lethe from the command line. Says nothing of anybody. */
export const SignInOptions = t.strict(
  {
    /** Where people sign in, such as `https://login.microsoftonline.com/common`, without a slash at its end. */
    authority: t.string,
    /** The client id of the command line's registration, a public client. */
    clientId: t.string,
    /** What a token for Lethe is asked for with. */
    scopes: t.readonlyArray(t.string),
  },
  'SignInOptions',
)
export type SignInOptions = t.TypeOf<typeof SignInOptions>
