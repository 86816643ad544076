import type { GraphSettings, GraphTokenSource } from '@lethe/standalone'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { isPassing } from '../exit-codes.js'
import type { FileRefusal, Io } from '../io.js'
import type { ClientRefusal, Refusal } from '../refusal.js'
import { signedInTokens } from '../sign-in/signed-in-tokens.js'
import type { TokenSource } from '../sign-in/token-source.js'
import { isForGraphOf, signInNameOf } from './sign-in.js'

/** The tokens of somebody's sign-in for Graph. */
interface SignedInToGraph {
  readonly tokens: GraphTokenSource
  /** Which file stood in the way of a token when one was last asked for; null where none did. */
  readonly fileProblem: () => FileRefusal | null
}

/**
 * The tokens of whoever signed in with `lethe graph login` to the tenant; null where nobody is. They are renewed as they end.
 *
 * @returns `GraphSignInElsewhere` where the sign-in is for another Graph than the settings name, which must not get it.
 */
export const signedInToGraph = (
  io: Io,
  settings: GraphSettings,
): TE.TaskEither<Refusal, SignedInToGraph | null> =>
  pipe(
    signedInTokens({ io, context: signInNameOf(settings.tenantId), scopes: null }),
    TE.flatMap(({ signIn, tokens }): TE.TaskEither<Refusal, SignedInToGraph | null> =>
      isForGraphOf(settings, signIn.source)
        ? TE.right(forGraph(tokens))
        : TE.left({ _tag: 'GraphSignInElsewhere' }),
    ),
    TE.orElse(refusal => (refusal._tag === 'NotLoggedIn' ? TE.right(null) : TE.left(refusal))),
  )

/** A token that Graph challenges is renewed once; what else the challenge asks for takes a person. */
const forGraph = (tokens: TokenSource): SignedInToGraph => {
  let problem: FileRefusal | null = null
  let last = ''
  return {
    tokens: ({ claims }) =>
      pipe(
        claims === null ? tokens.current : tokens.instead(last),
        TE.tapError(refusal => {
          problem = isFileRefusal(refusal) ? refusal : null
          return TE.right(undefined)
        }),
        TE.mapLeft(refusal =>
          isPassing(refusal) || refusal._tag === 'Interrupted'
            ? ({ _tag: 'TokenUnavailable', retryAfterSeconds: null } as const)
            : ({ _tag: 'SignInRequired' } as const),
        ),
        TE.flatMap(token => {
          if (token === null) return TE.left({ _tag: 'SignInRequired' } as const)
          last = token
          problem = null
          return TE.right(token)
        }),
      ),
    fileProblem: () => problem,
  }
}

const isFileRefusal = (refusal: ClientRefusal): refusal is FileRefusal =>
  refusal._tag === 'UnsafeFile' || refusal._tag === 'UnreadableFile' || refusal._tag === 'FileFailed'
