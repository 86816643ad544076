import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'

/** A value of a file through its codec. @throws where it is something else. */
export const decoded =
  <A>(codec: t.Decoder<unknown, A>) =>
  (value: unknown): A =>
    pipe(
      codec.decode(value),
      E.getOrElse<unknown, A>(() => {
        throw new Error(`This is no ${codec.name}: ${JSON.stringify(value)}`)
      }),
    )
