import { pipe } from 'fp-ts/lib/function.js'
import type * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Io } from '../io.js'
import type { ClientRefusal } from '../refusal.js'
import { type KeptSignIn, loadSignIn, saveSignIn, scopeKey } from './kept-sign-in.js'
import { withMsal } from './msal.js'

interface RenewalDeps {
  readonly io: Pick<Io, 'env' | 'home' | 'files' | 'fetch' | 'interrupted' | 'sleep'>
  readonly context: string
  /** What the token is for. */
  readonly scopes: ReadonlyArray<string>
  /** Whether a token lasts long enough to be used in the place of a new one. */
  readonly isGood: (token: string) => boolean
}

type Renewed = TE.TaskEither<ClientRefusal, KeptSignIn>

/**
 * A sign-in with another token than `held` has. Another process may have got one in the meantime: that is taken, and nobody is
 * asked. Whoever has logged out in the meantime stays so, and gets none.
 */
export const renewSignIn =
  (deps: RenewalDeps) =>
  (held: KeptSignIn): Renewed =>
    pipe(
      loadSignIn(deps.io, deps.context),
      // A file that cannot be used any more ends no run that has its sign-in already.
      TE.orElse(() => TE.right<never, KeptSignIn | null>(held)),
      TE.flatMap((kept): Renewed => {
        if (kept === null) return TE.left({ _tag: 'SignInExpired', context: deps.context, code: null })
        if (!isSame(kept, held)) return askedAnew(deps, held)
        const token = kept.tokens[scopeKey(deps.scopes)]
        return token !== undefined && token !== held.tokens[scopeKey(deps.scopes)] && deps.isGood(token)
          ? TE.right(kept)
          : askedAnew(deps, kept)
      }),
    )

const askedAnew = ({ io, context, scopes }: RenewalDeps, before: KeptSignIn): Renewed =>
  pipe(
    withMsal({ io, source: before.source, context, scopes, before }, async client => {
      const account = await client.getTokenCache().getAccountByHomeId(before.account.homeAccountId)
      return account === null
        ? null
        : client.acquireTokenSilent({ account, scopes: [...scopes], forceRefresh: true })
    }),
    TE.mapLeft((refusal): ClientRefusal =>
      refusal._tag === 'UntrustedAuthority' || refusal._tag === 'SignInCancelled'
        ? { _tag: 'SignInExpired', context, code: null }
        : refusal,
    ),
    TE.tapTask(renewed => keep(io, context, before, renewed)),
  )

/**
 * A sign-in that was erased, renewed or made anew in the meantime is not written over. A disk that is full, or may not be written to, ends no run: the
 * token is good, and the next command renews again.
 */
const keep = (
  io: RenewalDeps['io'],
  context: string,
  before: KeptSignIn,
  renewed: KeptSignIn,
): T.Task<unknown> =>
  pipe(
    loadSignIn(io, context),
    TE.flatMap(now => (now?.cache === before.cache ? saveSignIn(io, context, renewed) : TE.right(undefined))),
  )

const isSame = (one: KeptSignIn, other: KeptSignIn): boolean =>
  one.account.homeAccountId === other.account.homeAccountId && one.source.server === other.source.server
