import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GlobalOptions } from '../global-options.js'
import type { Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'
import { parseServer } from '../server-address.js'
import { loadContexts } from './context-file.js'
import { contextNamed, type Contexts, type Named, selectContext, type Wanted } from './contexts.js'

/** What was asked for where, as `parseServer` gives it. */
export interface Asked {
  readonly typed: Wanted
  readonly environment: Wanted
}

/** What the command line and the environment say of context and server. A server of the environment that is not used is not read. */
export const readAsked = (
  { env }: Pick<Io, 'env'>,
  { context, server }: Pick<GlobalOptions, 'context' | 'server'>,
): E.Either<SingleRefusal, Asked> =>
  pipe(
    E.Do,
    E.bind('typed', () => parsed(server)),
    E.bind('environment', () => (server === null ? parsed(setOr(env['LETHE_SERVER'])) : E.right(null))),
    E.map(({ typed, environment }) => ({
      typed: { name: context, server: typed },
      environment: { name: setOr(env['LETHE_CONTEXT']), server: environment },
    })),
  )

/** The command line comes first: what the environment says of the other of the two is left out where it contradicts. */
export const wantedOf = (contexts: Contexts, { typed, environment }: Asked): Wanted => {
  const wanted = { name: typed.name ?? environment.name, server: typed.server ?? environment.server }
  const named = wanted.name === null ? null : contextNamed(contexts, wanted.name)
  if (named === null || wanted.server === null || named.server === wanted.server) return wanted
  if (typed.server === null && typed.name !== null) return { ...wanted, server: null }
  if (typed.name === null && typed.server !== null) return { ...wanted, name: null }
  return wanted
}

/** The server, where no context is named; null where one is, or there is none. */
export const serverAlone = ({ typed, environment }: Asked): string | null =>
  (typed.name ?? environment.name) === null ? (typed.server ?? environment.server) : null

const parsed = (address: string | null): E.Either<SingleRefusal, string | null> =>
  address === null ? E.right(null) : parseServer(address)

/** What was asked for, all contexts, and the one that is meant. */
export interface Chosen {
  readonly wanted: Wanted
  readonly contexts: Contexts
  readonly context: Named | null
}

/** Reads the contexts and finds the one that is meant; null where there is none. */
export const chooseContext = (
  io: Pick<Io, 'env' | 'home' | 'files'>,
  options: Pick<GlobalOptions, 'context' | 'server'>,
): TE.TaskEither<SingleRefusal, Chosen> =>
  pipe(
    TE.fromEither(readAsked(io, options)),
    TE.bindTo('asked'),
    TE.bind('contexts', () => loadContexts(io)),
    TE.let('wanted', ({ asked, contexts }) => wantedOf(contexts, asked)),
    TE.bind('context', ({ contexts, wanted }): TE.TaskEither<SingleRefusal, Named | null> =>
      TE.fromEither(selectContext(contexts, wanted)),
    ),
  )

const setOr = (value: string | undefined): string | null =>
  value === undefined || value === '' ? null : value
