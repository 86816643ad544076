import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { FileRefusal, Io } from '../io.js'
import type { ContextView } from '../resources/context.js'
import { readToken } from '../token.js'
import type { Contexts, Named } from './contexts.js'
import { type KeptSignIn, loadSignIn, scopeKey } from './kept-sign-in.js'

/** A context with the sign-in that is kept for it. One for another server than the context's is none. */
export const viewContext = (
  io: Pick<Io, 'env' | 'home' | 'files'>,
  contexts: Contexts,
  context: Named,
): TE.TaskEither<FileRefusal, ContextView> =>
  pipe(
    loadSignIn(io, context.name),
    TE.map(signIn => viewOf(contexts, context, signIn?.source.server === context.server ? signIn : null)),
  )

/** The same where the sign-in is at hand. */
export const viewOf = (contexts: Contexts, context: Named, signIn: KeptSignIn | null): ContextView => {
  const token = signIn === null ? undefined : signIn.tokens[scopeKey(signIn.source.scopes)]
  return {
    ...context,
    current: contexts.current === context.name,
    account: signIn?.account.username ?? null,
    tokenExpiryDateTime: token === undefined ? null : readToken(token).expires,
  }
}
