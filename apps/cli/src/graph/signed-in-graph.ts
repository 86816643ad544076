import type { GraphSettings, GraphTokenSource } from '@lethe/standalone'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { isPassing } from '../exit-codes.js'
import type { Io } from '../io.js'
import type { ClientRefusal, Refusal } from '../refusal.js'
import { signedInTokens } from '../sign-in/signed-in-tokens.js'
import type { TokenSource } from '../sign-in/token-source.js'
import { isForGraphOf, signInNameOf } from './sign-in.js'

/**
 * The tokens of whoever signed in with `lethe graph login` to the tenant; null where nobody is. They are renewed as they end.
 *
 * @param onProblem is told why the place where people sign in could not be reached.
 * @returns `GraphSignInElsewhere` where the sign-in is for another Graph than the settings name, which must not get it.
 */
export const signedInToGraph = (
  io: Io,
  settings: GraphSettings,
  onProblem: (refusal: ClientRefusal) => void,
): TE.TaskEither<Refusal, GraphTokenSource | null> =>
  pipe(
    signedInTokens({ io, context: signInNameOf(settings.tenantId), scopes: null }),
    TE.flatMap(({ signIn, tokens }): TE.TaskEither<Refusal, GraphTokenSource | null> =>
      isForGraphOf(settings, signIn.source)
        ? TE.right(forGraph(tokens, onProblem))
        : TE.left({ _tag: 'GraphSignInElsewhere' }),
    ),
    TE.orElse(refusal => (refusal._tag === 'NotLoggedIn' ? TE.right(null) : TE.left(refusal))),
  )

/** A token that Graph challenges is renewed once; what else the challenge asks for takes a person. */
const forGraph = (tokens: TokenSource, onProblem: (refusal: ClientRefusal) => void): GraphTokenSource => {
  let last = ''
  return ({ claims }) =>
    pipe(
      claims === null ? tokens.current : tokens.instead(last),
      TE.mapLeft(refusal => {
        onProblem(refusal)
        return isPassing(refusal) || refusal._tag === 'Interrupted'
          ? ({ _tag: 'TokenUnavailable', retryAfterSeconds: null } as const)
          : ({ _tag: 'SignInRequired' } as const)
      }),
      TE.flatMap(token => {
        if (token === null) return TE.left({ _tag: 'SignInRequired' } as const)
        last = token
        return TE.right(token)
      }),
    )
}
