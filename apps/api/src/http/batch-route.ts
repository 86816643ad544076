import type { Clock } from '@lethe/application'
import {
  assembleBatch,
  type BatchItem,
  type BatchItemResponse,
  batchPath,
  type BatchPlan,
  type BatchResponse,
  failedDependency,
  hasFailedDependency,
  parseJsonBody,
  planBatch,
} from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Hono } from 'hono'
import type { ApiEnv, RespondWithError, WithExchange } from './context.js'
import type { Doors } from './doors.js'
import { contentOf, type Incoming, responding, wireRefusal, withoutOptions } from './handling.js'

export interface BatchRouteDeps {
  readonly doors: Doors
  readonly respondWithError: RespondWithError
  /** What the urls of the items are below, such as `/beta`. */
  readonly root: string
  /** Answers a request of the batch like one that came by itself. */
  readonly dispatch: (request: Request) => Response | Promise<Response>
  readonly publicUrl: string
  readonly clock: Clock
}

/**
 * `POST {root}/$batch`. Each item is authenticated and authorised like a request of its own, with the token of the batch: an
 * `Authorization` of an item's own is not looked at.
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
        TE.flatMap(plan => TE.fromTask(() => answerBatch(deps, c, plan))),
        TE.map(answers => c.json(answers)),
      ),
    ),
  )
}

/** Wave by wave, and the items of one wave side by side. */
const answerBatch = async (
  deps: BatchRouteDeps,
  c: Incoming & WithExchange,
  plan: BatchPlan,
): Promise<BatchResponse> => {
  const answers = new Map<string, BatchItemResponse>()
  for (const wave of plan.waves) {
    const answered = await Promise.all(
      wave.map(async item =>
        hasFailedDependency(item, answers)
          ? failedDependency(item.id, {
              at: deps.clock.now(),
              ...idsOf(c),
            })
          : answerItem(deps, c, item),
      ),
    )
    for (const answer of answered) answers.set(answer.id, answer)
  }
  return assembleBatch(plan, answers)
}

const answerItem = async (
  deps: BatchRouteDeps,
  c: Incoming & WithExchange,
  item: BatchItem,
): Promise<BatchItemResponse> => {
  const response = await deps.dispatch(
    // The public URL may have a path, which no request brings along to here.
    new Request(new URL(`${deps.root}${item.url}`, deps.publicUrl), {
      method: item.method,
      headers: { ...item.headers, authorization: c.req.header('Authorization') ?? '' },
      // As bytes: to a text, Request would add a Content-Type that the item does not have.
      ...(item.body === '' ? {} : { body: new TextEncoder().encode(item.body) }),
    }),
  )
  const text = await response.text()
  return {
    id: item.id,
    status: response.status,
    headers: Object.fromEntries(response.headers),
    ...(text === '' ? {} : { body: parsedBody(text) }),
  }
}

const idsOf = (c: WithExchange): { readonly requestId: string; readonly clientRequestId: string } => {
  const { requestId, clientRequestId } = c.get('exchange')
  return { requestId, clientRequestId }
}

/** Every body that Lethe writes is JSON. */
const parsedBody = (text: string): unknown => JSON.parse(text)
