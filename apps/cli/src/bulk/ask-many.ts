import { type BatchItemRequest, type BatchItemResponse, largestBatch } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { isPassing } from '../exit-codes.js'
import type { Io } from '../io.js'
import type { LetheApi } from '../lethe-api.js'
import { messagesOf } from '../refusal-messages.js'
import { type ClientRefusal, interrupted } from '../refusal.js'
import { retryAfterOf } from '../retry-after.js'
import type { Patience } from './patience.js'

/** How many ids go into one batch of requests. */
export const atOnce = largestBatch

/** An item of a batch of requests, without its id: its place is its id. */
export type Item = Omit<BatchItemRequest, 'id'>

/** What is asked many times at once. */
export interface AskingMany {
  readonly io: Pick<Io, 'now' | 'interrupted'>
  readonly lethe: Pick<LetheApi, 'batch'>
  readonly patience: Patience
}

/**
 * Asks all of it in batches of requests, below one root, again and again until each has an answer that is not "later".
 *
 * @param items any number.
 * @returns an answer for each item, in their order; refused where asking again would bring the same.
 */
export const askMany =
  ({ io, lethe, patience }: AskingMany, root: 'graph' | 'lethe') =>
  async (items: ReadonlyArray<Item>): Promise<E.Either<ClientRefusal, ReadonlyArray<BatchItemResponse>>> => {
    const answers = new Map<number, BatchItemResponse>()
    let open = items.map((item, index) => ({ item, index }))
    for (let attempt = 0; open.length > 0; attempt += 1) {
      await patience.turn()
      if (io.interrupted.aborted) return E.left(interrupted)
      const asked = open.slice(0, atOnce)
      const answer = await lethe.batch(
        root,
        asked.map(({ item, index }) => ({ id: String(index), ...item })),
      )()
      if (E.isLeft(answer)) {
        if (!isPassing(answer.left)) return answer
        await patience.refused(
          attempt,
          'retryAfter' in answer.left ? answer.left.retryAfter : null,
          messagesOf(answer.left).join(' '),
        )
        continue
      }
      let later: BatchItemResponse | null = null
      let brought = 0
      for (const response of answer.right.responses)
        if (isLater(response.status)) later = response
        else if (
          asked.some(({ index }) => String(index) === response.id) &&
          !answers.has(Number(response.id))
        ) {
          answers.set(Number(response.id), response)
          brought += 1
        }
      if (brought === 0 && later === null) return E.left(incomplete)
      open = open.filter(({ index }) => !answers.has(index))
      if (brought > 0) attempt = -1
      if (later === null) await patience.answered()
      else
        await patience.refused(
          Math.max(attempt, 0),
          retryAfterOf(headerOf(later, 'retry-after'), io.now()),
          `It answered ${later.status} to a part.`,
        )
    }
    return E.right(
      items.flatMap((_, index) => {
        const answer = answers.get(index)
        return answer === undefined ? [] : [answer]
      }),
    )
  }

/** To ask again would bring the same, as often as it is asked. */
const incomplete: ClientRefusal = {
  _tag: 'UnexpectedAnswer',
  status: 200,
  what: 'it leaves out requests of a batch',
  requestId: null,
}

/**
 * The server is busy, or was for a moment, or the token ended in the middle of the batch: a repeat joins what it may have made. A
 * token that is refused for good is refused with the whole batch, next time.
 */
const isLater = (status: number): boolean => [401, 429, 502, 503, 504].includes(status)

const headerOf = ({ headers }: BatchItemResponse, name: string): string | null =>
  Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1] ?? null
