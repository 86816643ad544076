import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GlobalOptions } from '../global-options.js'
import type { Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'
import { defaultServer } from '../server-address.js'
import { chooseContext, readAsked, serverAlone } from './choose-context.js'
import type { Named } from './contexts.js'
import { scopeKey } from './kept-sign-in.js'
import { signedInTokens } from './signed-in-tokens.js'
import type { TokenOrigin } from './token-origin.js'
import { fixedToken, type TokenSource } from './token-source.js'
import { tokenOf } from '../token.js'

/** A server, and the tokens that may go there. */
interface FoundToken {
  readonly server: string
  readonly tokens: TokenSource
  /** The token as it is now; it may have ended. */
  readonly token: string
  readonly origin: TokenOrigin
}

type Options = Pick<GlobalOptions, 'context' | 'server'>
type Found = TE.TaskEither<SingleRefusal, FoundToken>

/**
 * Finds the server and whose token it gets: `LETHE_TOKEN` where it is set, or else the sign-in of the context, which goes to
 * no server but its own.
 */
export const findToken = (io: Io, options: Options): Found => {
  const given = io.env['LETHE_TOKEN']
  return given === undefined || given === ''
    ? ofSignIn(io, options)
    : pipe(
        TE.fromEither(tokenOf(given)),
        TE.flatMap(token => ofEnvironment(io, options, token)),
      )
}

/** Where the server is known, the contexts are not read: nothing that is wrong with them matters then. */
const ofEnvironment = (io: Io, options: Options, token: string): Found =>
  pipe(
    TE.fromEither(readAsked(io, options)),
    TE.map(asked => serverAlone(asked)),
    TE.flatMap((alone): TE.TaskEither<SingleRefusal, { server: string; context: string | null }> =>
      alone !== null
        ? TE.right({ server: alone, context: null })
        : pipe(
            chooseContext(io, options),
            TE.map(({ context, wanted }) => ({
              server: wanted.server ?? context?.server ?? defaultServer,
              context: context?.name ?? null,
            })),
          ),
    ),
    TE.map(({ server, context }) => ({
      server,
      tokens: fixedToken(token),
      token,
      origin: { tokenSource: 'LETHE_TOKEN', context, account: null },
    })),
  )

const ofSignIn = (io: Io, options: Options): Found =>
  pipe(
    chooseContext(io, options),
    TE.flatMap(({ wanted, context }) =>
      context === null
        ? TE.left({ _tag: 'NoToken' } as const)
        : ofContext(io, context, wanted.server ?? context.server),
    ),
  )

const ofContext = (io: Io, { name }: Named, server: string): Found =>
  pipe(
    signedInTokens({ io, context: name, scopes: null }),
    TE.flatMap(({ signIn, tokens }): Found =>
      signIn.source.server === server
        ? TE.right({
            server,
            tokens,
            token: signIn.tokens[scopeKey(signIn.source.scopes)] ?? '',
            origin: { tokenSource: 'signIn', context: name, account: signIn.account.username },
          })
        : TE.left({ _tag: 'ForeignSignIn', context: name, server }),
    ),
  )
