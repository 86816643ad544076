import { setImmediate } from 'node:timers/promises'
import type { Clock } from '@lethe/application'
import {
  batchAnswerTooLarge,
  type BatchItem,
  batchPath,
  type BatchPlan,
  failedDependency,
  hasFailedDependency,
  parseJsonBody,
  planBatch,
  writeBatch,
  writeBatchAnswer,
  type WrittenBatchAnswer,
} from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Hono } from 'hono'
import type { ApiEnv, RespondWithError, WithExchange } from './context.js'
import type { Doors } from './doors.js'
import { contentOf, type Incoming, responding, wireRefusal, withoutOptions } from './handling.js'
import type { InTurn } from './turns-of-callers.js'

export interface BatchRouteDeps {
  readonly doors: Doors
  readonly respondWithError: RespondWithError
  /** What the urls of the items are below, such as `/beta`. */
  readonly root: string
  /** Answers a request of the batch like one that came by itself. */
  readonly dispatch: (request: Request) => Response | Promise<Response>
  readonly publicUrl: string
  readonly clock: Clock
  /** The same for all roots. */
  readonly inTurn: InTurn
}

/** The most bytes that the answers to the requests of a batch may have. */
const largestAnswer = 8 * 1024 * 1024

/** The most rows on a page that is asked for in a batch. */
export const largestPageInBatch = 100

/** One batch of a caller is answered at a time, and 32 may wait for it. */
export const batchTurns = { atOnce: 1, mostWaiting: 32 }

/**
 * `POST {root}/$batch`. Each item is authenticated and authorised like a request of its own, with the token of the batch: an
 * `Authorization` of an item's own is not looked at.
 *
 * The batches of one caller are answered one after the other; 429 where more than 32 wait. What is read and makes the answer larger than
 * 8 MiB is 413 in its item; what was done is always said.
 */
export const batchRoute = (app: Hono<ApiEnv>, deps: BatchRouteDeps): void => {
  const respond = responding(deps.respondWithError)
  app.post(`${deps.root}${batchPath}`, deps.doors.authenticated, deps.doors.bounded, c =>
    respond(
      c,
      pipe(
        contentOf(c),
        TE.flatMap(content =>
          pipe(
            parseJsonBody(content),
            E.flatMap(body => planBatch(body)),
            wireRefusal,
            TE.fromEither,
          ),
        ),
        TE.tap(() => TE.fromEither(withoutOptions(c))),
        TE.flatMap(plan => deps.inTurn(c.get('verifiedCaller'), () => answerBatch(deps, c, plan))),
        TE.map(text => c.body(text, 200, { 'Content-Type': 'application/json' })),
      ),
    ),
  )
}

/** Wave by wave, and the items of one wave side by side. */
const answerBatch = async (
  deps: BatchRouteDeps,
  c: Incoming & WithExchange,
  plan: BatchPlan,
): Promise<string> => {
  const answers = new Map<string, WrittenBatchAnswer>()
  const occurrence = () => ({ at: deps.clock.now(), ...idsOf(c) })
  let size = 0
  const keep = (item: BatchItem, answer: WrittenBatchAnswer): void => {
    const bytes = Buffer.byteLength(answer.text)
    if (item.method === 'GET' && size + bytes > largestAnswer)
      answers.set(item.id, batchAnswerTooLarge(item.id, occurrence()))
    else {
      size += bytes
      answers.set(item.id, answer)
    }
  }
  for (const wave of plan.waves) {
    let turn = Promise.resolve()
    await Promise.all(
      wave.map(async item => {
        // What is read may be long: other requests come in between.
        if (item.method === 'GET') {
          turn = turn.then(() => setImmediate())
          await turn
        }
        keep(
          item,
          hasFailedDependency(item, answers)
            ? failedDependency(item.id, occurrence())
            : await answerItem(deps, c, item),
        )
      }),
    )
  }
  return writeBatch(plan, answers)
}

const answerItem = async (
  deps: BatchRouteDeps,
  c: Incoming & WithExchange,
  item: BatchItem,
): Promise<WrittenBatchAnswer> => {
  const response = await deps.dispatch(
    // The public URL may have a path, which no request brings along to here.
    new Request(new URL(`${deps.root}${item.url}`, deps.publicUrl), {
      method: item.method,
      headers: { ...item.headers, authorization: c.req.header('Authorization') ?? '' },
      // As bytes: to a text, Request would add a Content-Type that the item does not have.
      ...(item.body === '' ? {} : { body: new TextEncoder().encode(item.body) }),
    }),
  )
  return writeBatchAnswer({
    id: item.id,
    status: response.status,
    headers: Object.fromEntries(response.headers),
    // Every body that Lethe writes is JSON.
    body: await response.text(),
  })
}

const idsOf = (c: WithExchange): { readonly requestId: string; readonly clientRequestId: string } => {
  const { requestId, clientRequestId } = c.get('exchange')
  return { requestId, clientRequestId }
}
