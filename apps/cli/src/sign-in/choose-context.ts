import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { GlobalOptions } from '../global-options.js'
import type { Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'
import { parseServer } from '../server-address.js'
import { loadContexts } from './context-file.js'
import { type Contexts, type Named, selectContext, type Wanted } from './contexts.js'

/** What the command line and the environment say of context and server: the command line comes first. */
export const readWanted = (
  { env }: Pick<Io, 'env'>,
  { context, server }: Pick<GlobalOptions, 'context' | 'server'>,
): E.Either<SingleRefusal, Wanted> => {
  const name = context ?? setOr(env['LETHE_CONTEXT'])
  const address = server ?? setOr(env['LETHE_SERVER'])
  return address === null
    ? E.right({ name, server: null })
    : pipe(
        parseServer(address),
        E.map(parsed => ({ name, server: parsed })),
      )
}

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
    TE.fromEither(readWanted(io, options)),
    TE.bindTo('wanted'),
    TE.bind('contexts', () => loadContexts(io)),
    TE.bind('context', ({ contexts, wanted }): TE.TaskEither<SingleRefusal, Named | null> =>
      TE.fromEither(selectContext(contexts, wanted)),
    ),
  )

const setOr = (value: string | undefined): string | null =>
  value === undefined || value === '' ? null : value
