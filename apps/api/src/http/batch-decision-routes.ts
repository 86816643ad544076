import {
  BatchApproval,
  BatchCollection,
  BatchContinuation,
  BatchDecisionResource,
  BatchDenial,
  type BatchListOptions,
  BatchResource,
  batchesPath,
  parseBatchListOptions,
  usualBatchPage,
  writeBatchListOptions,
} from '@lethe/api-contract'
import type {
  ApproveBatch,
  BatchPreview,
  BatchProgress,
  BatchSummary,
  DenyBatch,
  GetBatch,
  ListBatches,
  ListedBatch,
  Page,
  RetryBatch,
  WithdrawBatch,
} from '@lethe/application'
import { BatchId } from '@lethe/domain'
import { graphErrors } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Hono } from 'hono'
import { type BadInput, errorAnswer, type WireRefusal } from './answer.js'
import type { ApiEnv, RespondWithError } from './context.js'
import type { Doors } from './doors.js'
import {
  badInput,
  bodyAs,
  type Incoming,
  nextPageUrl,
  queryOf,
  responding,
  withoutOptions,
} from './handling.js'
import { presentActor, presentRemovalRequest } from './removal-request-presenter.js'

export interface BatchDecisionRoutesDeps {
  readonly listBatches: ListBatches
  readonly getBatch: GetBatch
  readonly approveBatch: ApproveBatch
  readonly denyBatch: DenyBatch
  readonly retryBatch: RetryBatch
  readonly withdrawBatch: WithdrawBatch
  readonly publicUrl: string
  readonly doors: Doors
  readonly respondWithError: RespondWithError
}

const path = `${batchesPath}/:id`

/** Batches, and what they hold. */
export const batchReadingRoutes = (app: Hono<ApiEnv>, deps: BatchDecisionRoutesDeps): void => {
  const { doors } = deps
  const respond = responding(deps.respondWithError)

  app.get(batchesPath, doors.authenticated, doors.permitted('listRemovalRequests'), c =>
    respond(
      c,
      pipe(
        TE.fromEither(badInput(parseBatchListOptions(queryOf(c)))),
        TE.flatMap(options =>
          pipe(
            deps.listBatches({
              grant: c.get('grant'),
              filter: options.state === undefined ? {} : { states: options.state },
              page: { size: options.$top ?? usualBatchPage, after: options.$skiptoken ?? null },
            }),
            TE.map(page => c.json(BatchCollection.encode(collectionOf(deps.publicUrl, options, page)))),
          ),
        ),
      ),
    ),
  )

  app.get(path, doors.authenticated, doors.permitted('getRemovalRequest'), c =>
    respond(
      c,
      pipe(
        idOf(c, c.req.param('id')),
        TE.flatMap(id => deps.getBatch({ grant: c.get('grant'), id })),
        TE.map(preview => c.json(BatchResource.encode(presentBatch(preview)))),
      ),
    ),
  )
}

/** The decision of a batch as one. */
export const batchDecisionRoutes = (app: Hono<ApiEnv>, deps: BatchDecisionRoutesDeps): void => {
  const { doors } = deps
  const respond = responding(deps.respondWithError)

  app.post(`${path}/approve`, doors.authenticated, doors.permitted('approve'), doors.bounded, c =>
    respond(
      c,
      pipe(
        bodyAs(BatchApproval)(c),
        TE.bindTo('body'),
        TE.bindW('id', () => idOf(c, c.req.param('id'))),
        TE.flatMap(({ id, body: { digest, after } }) =>
          pipe(
            deps.approveBatch({ grant: c.get('grant'), id, digest, after: after ?? null }),
            TE.map(progress => c.json(decisionOf(id, progress))),
          ),
        ),
      ),
    ),
  )

  app.post(`${path}/deny`, doors.authenticated, doors.permitted('deny'), doors.bounded, c =>
    respond(
      c,
      pipe(
        bodyAs(BatchDenial)(c),
        TE.bindTo('body'),
        TE.bindW('id', () => idOf(c, c.req.param('id'))),
        TE.flatMap(({ id, body: { digest, after, code, note } }) =>
          pipe(
            deps.denyBatch({
              grant: c.get('grant'),
              id,
              digest,
              after: after ?? null,
              code,
              note: note ?? null,
            }),
            TE.map(progress => c.json(decisionOf(id, progress))),
          ),
        ),
      ),
    ),
  )

  const meantIn = (c: Incoming, key: string) =>
    pipe(
      bodyAs(BatchContinuation, {})(c),
      TE.bindTo('body'),
      TE.bindW('id', () => idOf(c, key)),
      TE.map(({ id, body: { after } }) => ({ id, after: after ?? null })),
    )

  app.post(`${path}/retry`, doors.authenticated, doors.permitted('retry'), doors.bounded, c =>
    respond(
      c,
      pipe(
        meantIn(c, c.req.param('id')),
        TE.flatMap(meant =>
          pipe(
            deps.retryBatch({ grant: c.get('grant'), ...meant }),
            TE.map(progress => c.json(decisionOf(meant.id, progress))),
          ),
        ),
      ),
    ),
  )

  app.post(`${path}/withdraw`, doors.authenticated, doors.permitted('withdraw'), doors.bounded, c =>
    respond(
      c,
      pipe(
        meantIn(c, c.req.param('id')),
        TE.flatMap(meant =>
          pipe(
            deps.withdrawBatch({ grant: c.get('grant'), ...meant }),
            TE.map(progress => c.json(decisionOf(meant.id, progress))),
          ),
        ),
      ),
    ),
  )
}

/** What answers in their place inside a `$batch`: one of them is as much work as one call may be. */
export const noBatchDecisionRoutes = (
  app: Hono<ApiEnv>,
  { respondWithError }: Pick<BatchDecisionRoutesDeps, 'respondWithError'>,
): void => {
  const answer = errorAnswer(
    graphErrors.badRequest('A batch cannot be decided inside a $batch: send the decision by itself.'),
    'BatchDecisionInBatch',
  )
  for (const decision of ['approve', 'deny', 'retry', 'withdraw'])
    app.post(`${path}/${decision}`, c => respondWithError(c, answer))
}

/** The id in the path, once the query is known to be empty. */
const idOf = (c: Incoming, key: string): TE.TaskEither<BadInput | WireRefusal, BatchId> =>
  pipe(
    BatchId.decode(key),
    E.mapLeft((): WireRefusal => ({ _tag: 'WireRefusal', row: graphErrors.invalidObjectId(key) })),
    E.tap(() => withoutOptions(c)),
    TE.fromEither,
  )

const collectionOf = (
  publicUrl: string,
  options: BatchListOptions,
  { items, next }: Page<ListedBatch>,
): BatchCollection => ({
  value: items.map(({ id, submittedAt, closedAt, count, states, dueAt }) => ({
    id,
    submittedDateTime: submittedAt,
    closedDateTime: closedAt,
    count,
    states: countsOf(states),
    dueDateTime: dueAt,
  })),
  ...(next === null
    ? {}
    : {
        '@odata.nextLink': nextPageUrl(
          `${publicUrl}${batchesPath}`,
          writeBatchListOptions({ ...options, $skiptoken: next }),
        ),
      }),
})

const countsOf = (states: BatchSummary['states']): BatchResource['states'] =>
  [...states].map(([state, count]) => ({ state, count }))

const presentBatch = ({ id, summary, maker, sample }: BatchPreview): BatchResource => ({
  id,
  madeBy: presentActor(maker),
  submittedDateTime: summary.submittedAt,
  closedDateTime: summary.closedAt,
  count: summary.count,
  digest: summary.digest,
  states: countsOf(summary.states),
  homeTenants: summary.homeTenants,
  homeTenantCount: summary.homeTenantCount,
  dueDateTime: summary.dueAt,
  sample: sample.map(presentRemovalRequest),
})

const decisionOf = (id: BatchId, { decided, refused, next }: BatchProgress) =>
  BatchDecisionResource.encode({
    id,
    decided,
    refused: [...refused].map(([reason, count]) => ({ reason, count })),
    next,
  })
