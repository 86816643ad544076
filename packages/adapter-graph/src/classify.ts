import { type HolderAnswer, holderAnswer } from '@lethe/domain'
import { GraphErrorBody } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { type BareEnding, bareEnding, type Ending } from './endings.js'
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
    const { status, headers, body } = outcome
    const retryAfterSeconds = readRetryAfter(headers.retryAfter, nowMs)
    const answer = answerIn(body, headers.requestId)
    if (status === 200) return found(body, decode, answer)
    return bareEnding(
      ofStatus(status, { challenged, saysWhen: retryAfterSeconds !== null }),
      retryAfterSeconds,
      answer,
    )
  }

const ofStatus = (
  status: number,
  { challenged, saysWhen }: { readonly challenged: boolean; readonly saysWhen: boolean },
): BareEnding['kind'] => {
  switch (status) {
    case 202:
      return 'accepted'
    case 204:
      return 'noContent'
    case 400:
      return 'badRequest'
    case 401:
      return challenged ? 'claimsChallenge' : 'unauthorized'
    case 403:
      return 'forbidden'
    case 404:
      return 'notFound'
    case 405:
      return 'methodNotAllowed'
    case 408:
      return 'otherStatus'
    case 409:
      return 'conflict'
    case 423:
    case 425:
      return 'locked'
    case 429:
      return saysWhen ? 'throttledFor' : 'throttled'
    case 502:
    case 504:
      return 'gatewayError'
    case 503:
      return saysWhen ? 'unavailableFor' : 'unavailable'
  }
  if (status >= 500 && status < 600) return 'serverError'
  return status >= 400 && status < 500 ? 'otherClientError' : 'otherStatus'
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

const found = <A>(body: AnswerBody, decode: Decode<A>, answer: HolderAnswer): Ending<A> => {
  if (body.kind !== 'whole') return bareEnding(body.kind === 'cut' ? 'truncated' : 'unreadable', null, answer)
  if (decode === null && body.text.trim() === '') return bareEnding('accepted', null, answer)
  const json = parseJson(body.text)
  if (E.isLeft(json)) return bareEnding('unreadable', null, answer)
  if (decode === null) return bareEnding('accepted', null, answer)
  const value = decode(json.right)
  return E.isLeft(value) ? bareEnding('oddAnswer', null, answer) : { kind: 'found', value: value.right }
}

/** Graph's own code, and the number by which its support finds the answer; whatever is no word is left out. */
const answerIn = (body: AnswerBody, requestId: string | undefined): HolderAnswer => {
  const json = body.kind === 'whole' ? parseJson(body.text) : E.left(null)
  const error = E.isLeft(json) ? json : GraphErrorBody.decode(json.right)
  return holderAnswer(E.isRight(error) ? error.right.error.code : null, requestId)
}

const parseJson = (text: string): E.Either<unknown, unknown> =>
  E.tryCatch(
    (): unknown => JSON.parse(text),
    () => null,
  )
