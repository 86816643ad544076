import { pipe } from 'fp-ts/lib/function.js'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { FileRefusal, Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'
import { parseServer } from '../server-address.js'
import { allContexts, Contexts, noContexts } from './contexts.js'
import { readJson } from './kept-json.js'
import { contextsFile } from './places.js'

type Outside = Pick<Io, 'env' | 'home' | 'files'>

/** The contexts; none where no file is there. A server that could not be typed is none that may be read. */
export const loadContexts = (io: Outside): TE.TaskEither<SingleRefusal, Contexts> => {
  const path = contextsFile(io)
  return pipe(
    readJson(io.files, path, Contexts),
    TE.mapLeft((refusal): SingleRefusal => refusal),
    TE.map(contexts => contexts ?? noContexts),
    TE.filterOrElse(
      contexts => allContexts(contexts).every(({ server }) => isServer(server)),
      (): SingleRefusal => ({ _tag: 'UnreadableFile', path }),
    ),
  )
}

const isServer = (text: string): boolean => {
  const server = parseServer(text)
  return E.isRight(server) && server.right === text
}

/** Keeps the contexts in the place of those before. */
export const saveContexts = (io: Outside, contexts: Contexts): TE.TaskEither<FileRefusal, void> =>
  io.files.write(contextsFile(io), `${JSON.stringify(Contexts.encode(contexts), null, 2)}\n`)
