import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { type Answer, understand } from './answer.js'
import { exchange, type RawAnswer } from './exchange.js'
import type { HttpRequest, Io } from './io.js'
import type { ClientRefusal } from './refusal.js'
import type { TokenSource } from './sign-in/token-source.js'

/** One call of the API. */
interface Call<A> {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  /** The path with names in place of values: the only form in which it is ever written down. */
  readonly template: string
  /** What to send as JSON; undefined for nothing. */
  readonly body?: unknown
  readonly decoder: t.Decoder<unknown, A>
}

export interface ClientDeps {
  readonly io: Pick<Io, 'fetch' | 'now' | 'interrupted'>
  readonly tokens: TokenSource
  /** Told of each exchange, in a line that holds no id, no value and no token. */
  readonly trace: (exchanged: Exchanged) => Promise<void>
}

/** An exchange, for `--verbose` and `--debug`. */
export interface Exchanged {
  readonly method: string
  readonly template: string
  /** Null where no answer came. */
  readonly status: number | null
  readonly milliseconds: number
  readonly requestId: string | null
}

/** Does a call. */
export type Send = <A>(call: Call<A>) => TE.TaskEither<ClientRefusal, Answer<A>>

/** A client that signs in with a token, and does each call once; once more where the token was refused and there is another. */
export const createClient =
  ({ io, tokens, trace }: ClientDeps): Send =>
  call =>
  async () => {
    const callWith = async (token: string) => {
      const started = io.now()
      const answer = await exchange(io)(call.url, initOf(call, token))()
      await trace(exchangedBy(call, answer, io.now() - started))
      return E.isLeft(answer) ? answer : understand(call.decoder, io.now())(answer.right)
    }
    const token = await tokens.current()
    if (E.isLeft(token)) return token
    const answer = await callWith(token.right)
    if (E.isRight(answer) || answer.left._tag !== 'NotSignedIn') return answer
    const another = await tokens.instead(token.right)()
    if (E.isLeft(another)) return another
    return another.right === null ? answer : callWith(another.right)
  }

const initOf = <A>({ method, body }: Call<A>, token: string): HttpRequest => ({
  method,
  headers: {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
  },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})

const exchangedBy = <A>(
  { method, template }: Call<A>,
  answer: E.Either<ClientRefusal, RawAnswer>,
  milliseconds: number,
): Exchanged => ({
  method,
  template,
  status: E.isRight(answer) ? answer.right.status : null,
  milliseconds,
  requestId: E.isRight(answer) ? answer.right.headers.get('request-id') : null,
})
