import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { FileRefusal, PrivateFiles } from '../io.js'

/** Reads a private JSON file; null where there is none. */
export const readJson = <A>(
  files: PrivateFiles,
  path: string,
  codec: t.Decoder<unknown, A>,
): TE.TaskEither<FileRefusal, A | null> =>
  pipe(
    files.read(path),
    TE.flatMapEither(text => (text === null ? E.right(null) : parsed(path, text, codec))),
  )

const parsed = <A>(path: string, text: string, codec: t.Decoder<unknown, A>): E.Either<FileRefusal, A> =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(text),
      () => null,
    ),
    E.flatMap(json => E.mapLeft(() => null)(codec.decode(json))),
    E.mapLeft((): FileRefusal => ({ _tag: 'UnreadableFile', path })),
  )
