import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Io } from '../io.js'
import type { ClientRefusal, SingleRefusal } from '../refusal.js'
import { readToken } from '../token.js'
import { type KeptSignIn, loadSignIn, scopeKey } from './kept-sign-in.js'
import { renewSignIn } from './renew-sign-in.js'
import type { TokenSource } from './token-source.js'

/** How long before its end a token is renewed, in milliseconds. */
const renewalMilliseconds = 300_000

export interface SignedInDeps {
  readonly io: Pick<Io, 'env' | 'home' | 'files' | 'fetch' | 'interrupted' | 'sleep' | 'now'>
  /** The name of the context that somebody is signed in to. */
  readonly context: string
  /** Whose token: `null` for the server's own; another API's, such as `https://graph.microsoft.com/.default`. */
  readonly scopes: ReadonlyArray<string> | null
}

/** Somebody's sign-in, and the tokens that it gives. */
export interface SignedIn {
  readonly signIn: KeptSignIn
  readonly tokens: TokenSource
}

/**
 * The tokens of the person who is signed in to a context. One that ends within five minutes is renewed first, once for all
 * who ask at the same time; where that is not possible right now, it is given as long as it lasts.
 *
 * @returns `NotLoggedIn` where nobody is signed in.
 */
export const signedInTokens = ({
  io,
  context,
  scopes,
}: SignedInDeps): TE.TaskEither<SingleRefusal, SignedIn> =>
  pipe(
    loadSignIn(io, context),
    TE.flatMapEither((signIn): E.Either<SingleRefusal, SignedIn> =>
      signIn === null
        ? E.left({ _tag: 'NotLoggedIn', context })
        : E.right({ signIn, tokens: tokensOf(io, context, signIn, scopes ?? signIn.source.scopes) }),
    ),
  )

const tokensOf = (
  io: SignedInDeps['io'],
  context: string,
  found: KeptSignIn,
  scopes: ReadonlyArray<string>,
): TokenSource => {
  let signIn = found
  let renewedAt = -Infinity
  let renewal: Promise<E.Either<ClientRefusal, string>> | null = null
  const held = (): string | null => signIn.tokens[scopeKey(scopes)] ?? null
  const millisecondsLeft = (token: string): number => {
    const { expires } = readToken(token)
    return expires === null ? 0 : Date.parse(expires) - io.now()
  }
  const outlastsRenewal = (token: string): boolean => millisecondsLeft(token) > renewalMilliseconds
  const renewNow = async (): Promise<E.Either<ClientRefusal, string>> => {
    const renewed = await renewSignIn({ io, context, scopes, isGood: outlastsRenewal })(signIn)()
    if (E.isLeft(renewed)) return renewed
    signIn = renewed.right
    renewedAt = io.now()
    const token = held()
    return token === null ? E.left({ _tag: 'SignInExpired', context, code: null }) : E.right(token)
  }
  const renew = (): Promise<E.Either<ClientRefusal, string>> => {
    renewal ??= renewNow().finally(() => {
      renewal = null
    })
    return renewal
  }
  return {
    current: async () => {
      const token = held()
      const left = token === null ? 0 : millisecondsLeft(token)
      // Where the clocks differ a new token, too, may seem to end: it is not renewed at every call.
      const isNew = io.now() - renewedAt < renewalMilliseconds
      if (token !== null && (left > renewalMilliseconds || isNew)) return E.right(token)
      const renewed = await renew()
      return token !== null && left > 0 && E.isLeft(renewed) && isUnreached(renewed.left)
        ? E.right(token)
        : renewed
    },
    instead: refused => async () => {
      const token = held()
      return token !== null && token !== refused ? E.right(token) : renew()
    },
  }
}

const isUnreached = ({ _tag }: ClientRefusal): boolean =>
  _tag === 'SignInUnreachable' || _tag === 'ProxyFailed'
