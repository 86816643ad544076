import { GraphErrorBody } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { bareEnding, type BareEnding, type Ending } from './endings.js'
import type { AnswerBody, Cause, Outcome } from './outcome.js'
import { readRetryAfter } from './retry-after.js'

/** Reads the JSON of an answer; null for a call that expects none. */
export type Decode<A> = t.Decode<unknown, A> | null

/**
 * Says which row of the table of endings an outcome is.
 *
 * @param challenged whether the answer is a claims challenge that can be read.
 * @param nowMs milliseconds since 1970-01-01T00:00:00Z.
 */
export const classify =
  <A>(decode: Decode<A>, challenged: boolean, nowMs: number) =>
  (outcome: Outcome): Ending<A> => {
    if (outcome.kind === 'unanswered') return bareEnding(withoutAnswer(outcome.cause, outcome.sent))
    const { status, body } = outcome
    const retryAfterSeconds = readRetryAfter(outcome.headers.retryAfter, nowMs)
    if (status === 200) return decode === null ? bareEnding('otherStatus') : found(body, decode)
    if (status === 401) return bareEnding(challenged ? 'claimsChallenge' : 'unauthorized')
    if (status === 404) return bareEnding(notFound(body))
    if (status === 429)
      return bareEnding(retryAfterSeconds === null ? 'throttled' : 'throttledFor', retryAfterSeconds)
    if (status === 503)
      return bareEnding(retryAfterSeconds === null ? 'unavailable' : 'unavailableFor', retryAfterSeconds)
    return bareEnding(ofStatus(status), retryAfterSeconds)
  }

const ofStatus = (status: number): BareEnding['kind'] => {
  if (status === 204) return 'noContent'
  if (status === 400) return 'badRequest'
  if (status === 403) return 'forbidden'
  if (status === 405) return 'methodNotAllowed'
  if (status === 409) return 'conflict'
  if (status === 502 || status === 504) return 'gatewayError'
  if (status >= 500 && status < 600) return 'serverError'
  return status >= 400 && status < 500 && status !== 408 ? 'otherClientError' : 'otherStatus'
}

const withoutAnswer = (cause: Cause, sent: boolean): BareEnding['kind'] => {
  switch (cause) {
    case 'timedOut':
      return sent ? 'timedOutAfterSending' : 'timedOutBeforeSending'
    case 'shutDown':
      return sent ? 'shutDownAfterSending' : 'shutDownBeforeSending'
    case 'reset':
      return sent ? 'resetAfterSending' : 'resetBeforeSending'
    case 'malformed':
      return 'unreadable'
    case 'connectTimedOut':
    case 'notConnected':
      return cause
  }
}

const found = <A>(body: AnswerBody, decode: t.Decode<unknown, A>): Ending<A> => {
  if (body.kind !== 'whole') return bareEnding(incomplete(body))
  const json = parseJson(body.text)
  const value = E.isLeft(json) ? json : decode(json.right)
  return E.isLeft(value) ? bareEnding('unreadable') : { kind: 'found', value: value.right }
}

const notFound = (body: AnswerBody): BareEnding['kind'] => {
  if (body.kind !== 'whole') return incomplete(body)
  const json = parseJson(body.text)
  const error = E.isLeft(json) ? json : GraphErrorBody.decode(json.right)
  return E.isRight(error) && error.right.error.code === 'Request_ResourceNotFound'
    ? 'notFound'
    : 'notFoundOtherwise'
}

const incomplete = (body: Exclude<AnswerBody, { readonly kind: 'whole' }>): 'truncated' | 'unreadable' =>
  body.kind === 'cut' ? 'truncated' : 'unreadable'

const parseJson = (text: string): E.Either<unknown, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    () => null,
  )
