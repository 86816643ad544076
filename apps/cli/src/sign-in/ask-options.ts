import { SignInOptions, signInOptionsPath } from '@lethe/api-contract'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { understand } from '../answer.js'
import { exchange } from '../exchange.js'
import type { Io } from '../io.js'
import type { SingleRefusal } from '../refusal.js'

/** Asks a server how people sign in to it. No token goes along. */
export const askSignInOptions = (
  io: Pick<Io, 'fetch' | 'interrupted' | 'now'>,
  server: string,
): TE.TaskEither<SingleRefusal, SignInOptions> =>
  pipe(
    exchange(io)(new URL(`${server}${signInOptionsPath}`), {
      method: 'GET',
      headers: { accept: 'application/json' },
    }),
    TE.flatMapEither(answer => understand(SignInOptions, io.now())(answer)),
    TE.map(({ value }) => value),
    // An older server knows no such path, and says 400.
    TE.mapLeft((refusal): SingleRefusal =>
      refusal._tag === 'NotFound' || refusal._tag === 'Rejected' ? { _tag: 'NoSignInOffered' } : refusal,
    ),
  )
