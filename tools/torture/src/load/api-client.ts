import {
  BatchDecisionResource,
  BatchResource,
  HistoryResource,
  RemovalRequestCollection,
  RemovalRequestResource,
} from '@lethe/api-contract'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'

/** An answer that was heard to its end. */
export interface Answer {
  readonly status: number
  readonly operationLocation: string | null
  readonly json: unknown
}

/** One call of one process. */
export interface Call {
  readonly port: number
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token: string
  readonly body?: unknown
}

/** How long a client waits for an answer, in milliseconds: much longer than any takes. */
const patience = 60_000

/** @returns null where no answer came, or not the whole of it: nobody knows then what was done. */
export const send = async ({ port, method, path, token, body }: Call): Promise<Answer | null> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
      },
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const json: unknown = text === '' ? null : JSON.parse(text)
    return { status: response.status, operationLocation: response.headers.get('Operation-Location'), json }
  } catch {
    return null
  }
}

export const isAcknowledged = (answer: Answer | null): answer is Answer =>
  answer !== null && answer.status >= 200 && answer.status < 300

/** Whether it is worth to ask again: nobody answered, or the answer says so itself. */
export const isWorthRetrying = (answer: Answer | null): boolean =>
  answer === null || answer.status === 429 || answer.status >= 500

/** The answer to the one who decides a batch that is not the one of their digest any more, or in which nothing waits. */
export const saysConflict = (answer: Answer | null): boolean => answer?.status === 409

const read =
  <A>(codec: t.Type<A, unknown, unknown>) =>
  (answer: Answer | null): A | null => {
    if (!isAcknowledged(answer)) return null
    const decoded = codec.decode(answer.json)
    return E.isRight(decoded) ? decoded.right : null
  }

export const requestIn = read(RemovalRequestResource)
export const requestsIn = read(RemovalRequestCollection)
export const batchIn = read(BatchResource)
export const batchDecisionIn = read(BatchDecisionResource)
export const historyIn = read(HistoryResource)
