import * as t from 'io-ts'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { FileRefusal, Io } from '../io.js'
import { readJson } from './kept-json.js'
import { signInFile } from './places.js'

/** How a sign-in was made, so that its tokens can be renewed. */
export const SignInSource = t.strict(
  {
    /** The only server that its tokens may go to. */
    server: t.string,
    authority: t.string,
    clientId: t.string,
    /** What a token for the server is asked for with. */
    scopes: t.readonlyArray(t.string),
  },
  'SignInSource',
)
export type SignInSource = t.TypeOf<typeof SignInSource>

/** Somebody's sign-in, as it is kept. */
export const KeptSignIn = t.strict(
  {
    source: SignInSource,
    account: t.strict({ homeAccountId: t.string, tenantId: t.string, username: t.string }),
    /** Access tokens by the scopes that they were asked for with, so that MSAL need not be loaded for each command. */
    tokens: t.record(t.string, t.string),
    /** The cache of MSAL, as it writes it. */
    cache: t.string,
  },
  'KeptSignIn',
)
export type KeptSignIn = t.TypeOf<typeof KeptSignIn>

/** What tokens are kept under. */
export const scopeKey = (scopes: ReadonlyArray<string>): string => scopes.toSorted().join(' ')

type Outside = Pick<Io, 'env' | 'home' | 'files'>

/** The sign-in of a context; null where nobody is signed in. */
export const loadSignIn = (io: Outside, context: string): TE.TaskEither<FileRefusal, KeptSignIn | null> =>
  readJson(io.files, signInFile(io, context), KeptSignIn)

export const saveSignIn = (
  io: Outside,
  context: string,
  signIn: KeptSignIn,
): TE.TaskEither<FileRefusal, void> =>
  io.files.write(signInFile(io, context), JSON.stringify(KeptSignIn.encode(signIn)))

/** Whether there was one. */
export const eraseSignIn = (io: Outside, context: string): TE.TaskEither<FileRefusal, boolean> =>
  io.files.remove(signInFile(io, context))
