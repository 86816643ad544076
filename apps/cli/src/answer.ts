import { GraphErrorBody } from '@lethe/graph-contract'
import { describeErrors } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import type { RawAnswer } from './exchange.js'
import type { ClientRefusal, ServerAnswer } from './refusal.js'
import { retryAfterOf } from './retry-after.js'

/** What a call brought: the decoded body and the status, which tells new (201) from joined (200). */
export interface Answer<A> {
  readonly status: number
  readonly value: A
}

/**
 * Makes sense of an answer: what was asked for, what the server refused, or nothing that Lethe says.
 *
 * @param now milliseconds since 1970.
 */
export const understand =
  <A>(decoder: t.Decoder<unknown, A>, now: number) =>
  (answer: RawAnswer): E.Either<ClientRefusal, Answer<A>> => {
    const { status, body } = answer
    if (status < 200 || status > 299) return E.left(refusalOf(answer, now))
    if (body === undefined) return E.left(unexpected(answer, 'it is no JSON'))
    return pipe(
      decoder.decode(body),
      E.bimap(
        errors => unexpected(answer, describeErrors(errors).slice(0, 3).join('; ')),
        value => ({ status, value }),
      ),
    )
  }

const refusalOf = (answer: RawAnswer, now: number): ClientRefusal => {
  const { status } = answer
  if (status >= 300 && status < 400) return unexpected(answer, 'it is a redirect, and a token follows none')
  const retryAfter = retryAfterOf(answer.headers.get('retry-after'), now)
  const said = GraphErrorBody.decode(answer.body)
  if (E.isRight(said)) {
    const { code, message, innerError } = said.right.error
    const requestId = requestIdOf(answer) ?? innerError?.['request-id'] ?? null
    const reason = innerError?.reason
    const why = reason === undefined ? null : { reason, missing: innerError?.missing ?? null }
    return { _tag: tagOf(status), status, code, message, why, requestId, retryAfter }
  }
  return isPassing(status)
    ? { _tag: tagOf(status), status, ...unsaid(status), requestId: requestIdOf(answer), retryAfter }
    : unexpected(answer, 'it is no OData error; is this the address of Lethe')
}

type RefusedTag = Extract<ClientRefusal, ServerAnswer & { readonly message: string }>['_tag']

const tagOf = (status: number): RefusedTag => {
  if (status === 400) return 'Rejected'
  if (status === 401) return 'NotSignedIn'
  if (status === 403) return 'NotPermitted'
  if (status === 404) return 'NotFound'
  if (status === 409) return 'Conflict'
  if (status === 429) return 'Throttled'
  return isPassing(status) ? 'Unavailable' : 'ServerFailed'
}

/** What may come from a proxy in front of Lethe, in words of its own. */
const isPassing = (status: number): boolean => [429, 502, 503, 504].includes(status)

const unsaid = (status: number) => ({
  code: null,
  why: null,
  message: status === 429 ? 'Too many requests.' : 'The service is not available.',
})

const unexpected = (answer: RawAnswer, what: string): ClientRefusal => ({
  _tag: 'UnexpectedAnswer',
  status: answer.status,
  what,
  requestId: requestIdOf(answer),
})

const requestIdOf = ({ headers }: RawAnswer): string | null => headers.get('request-id')
