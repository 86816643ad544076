import { describeErrors, RemovalRequestId } from '@lethe/domain'
import { graphErrors, parseJsonBody, parseNoOptions } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'
import { answerOf, type BadInput, type Refusal, type WireRefusal } from './answer.js'
import type { RespondWithError, WithExchange } from './context.js'

/** The part of Hono's context that says what was sent. */
export interface Incoming {
  /** Where the request comes from a connection: what the server knows of it. */
  readonly env: unknown
  readonly req: {
    readonly url: string
    readonly header: (name: string) => string | undefined
    readonly text: () => Promise<string>
  }
}

/** Runs what a request asks for, and answers with its response or with the row of its refusal. */
export const responding =
  (respondWithError: RespondWithError) =>
  async <R extends Refusal>(c: WithExchange, work: TE.TaskEither<R, Response>): Promise<Response> => {
    const done = await work()
    return E.isLeft(done) ? respondWithError(c, answerOf(done.left)) : done.right
  }

/** The decoded names and values of the query, in their order. */
export const queryOf = (c: Incoming): ReadonlyArray<readonly [string, string]> =>
  c.req.url.includes('?') ? [...new URL(c.req.url).searchParams] : []

/** Where the next page of a list is. @param url of the list, without a query. */
export const nextPageUrl = (url: string, options: ReadonlyArray<readonly [string, string]>): string =>
  `${url}?${options.map(pair => pair.map(encodeURIComponent).join('=')).join('&')}`

/** Whether the query is empty, as it must be where no option is supported. */
export const withoutOptions = (c: Incoming): E.Either<BadInput, void> => badInput(parseNoOptions(queryOf(c)))

/**
 * Whether a page is as large as it may be here: in a batch that is less than elsewhere.
 *
 * @param top rows that are asked for; null where the server chooses.
 */
export const pageWithin = (largest: number, top: number | null): E.Either<BadInput, void> =>
  top === null || top <= largest
    ? E.right(undefined)
    : badInput(
        E.left({ message: `The query option $top must be a whole number from 1 to ${largest} in a batch.` }),
      )

/** Names a mistake of the input. */
export const badInput = <A>(parsed: E.Either<{ readonly message: string }, A>): E.Either<BadInput, A> =>
  pipe(
    parsed,
    E.mapLeft(({ message }) => ({ _tag: 'BadInput', message })),
  )

/** Names a row of the error table. */
export const wireRefusal = <A>(checked: E.Either<WireRefusal['row'], A>): E.Either<WireRefusal, A> =>
  pipe(
    checked,
    E.mapLeft(row => ({ _tag: 'WireRefusal', row })),
  )

/** The id of a removal request in the path. */
export const requestIdIn = (key: string): E.Either<WireRefusal, RemovalRequestId> =>
  pipe(
    RemovalRequestId.decode(key),
    E.mapLeft(() => ({ _tag: 'WireRefusal', row: graphErrors.invalidObjectId(key) })),
  )

/**
 * Whether a request that came over a connection says that it has no body: no length or one of 0, and no transfer coding
 * (RFC 9112, 6.3). To look is cheap; to ask the runtime for the body makes all of its request object. An item of a batch
 * says nothing of the kind.
 */
export const hasNoBody = (c: Incoming): boolean => {
  if (typeof c.env !== 'object' || c.env === null || !('incoming' in c.env)) return false
  const length = c.req.header('Content-Length')
  return (length === undefined || length === '0') && c.req.header('Transfer-Encoding') === undefined
}

/** The content type and the body of a request. */
export interface Content {
  readonly contentType: string | undefined
  readonly body: string
}

export const contentOf = (c: Incoming): TE.TaskEither<WireRefusal, Content> =>
  hasNoBody(c) ? TE.right({ contentType: c.req.header('Content-Type'), body: '' }) : contentRead(c)

/** The connection broke, or the chunks of the body did. */
export const bodyNotWhole = graphErrors.badRequest('The request body did not arrive whole.')

const contentRead = (c: Incoming): TE.TaskEither<WireRefusal, Content> =>
  TE.tryCatch(
    async () => ({ contentType: c.req.header('Content-Type'), body: await c.req.text() }),
    () => ({ _tag: 'WireRefusal', row: bodyNotWhole }),
  )

/**
 * Reads a body of JSON; a mistake in it is named without what was sent.
 *
 * @param empty what an empty body stands for; undefined where there must be one.
 */
export const bodyAs =
  <A>(codec: t.Type<A, unknown, unknown>, empty?: object) =>
  (c: Incoming): TE.TaskEither<WireRefusal | BadInput, A> =>
    pipe(
      contentOf(c),
      TE.flatMap(content =>
        content.body === '' && empty !== undefined
          ? TE.right<WireRefusal, unknown>(empty)
          : TE.fromEither(wireRefusal(parseJsonBody(content))),
      ),
      TE.flatMap(json =>
        pipe(
          codec.decode(json),
          E.mapLeft((errors): BadInput => ({
            _tag: 'BadInput',
            message: `Malformed body: ${describeErrors(errors).join('; ')}.`,
          })),
          TE.fromEither,
        ),
      ),
    )
