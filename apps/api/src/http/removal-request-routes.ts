import type {
  ApproveRemoval,
  CloseRemoval,
  DenyRemoval,
  GetHistory,
  GetRemovalRequest,
  ListRemovalRequests,
  StoredView,
  RetryRemoval,
  SubmitRemoval,
  ViewRemovalRequest,
  WithdrawRemoval,
} from '@lethe/application'
import {
  Closing,
  Denial,
  HistoryResource,
  NewRemovalRequest,
  parseRemovalRequestListOptions,
  RemovalRequestCollection,
  type RemovalRequestListOptions,
  removalRequestPath,
  RemovalRequestResource,
  removalRequestsPath,
  writeRemovalRequestListOptions,
} from '@lethe/api-contract'
import type { RemovalRequest, RemovalRequestId } from '@lethe/domain'
import { checkActionBody } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Hono } from 'hono'
import type { BadInput, WireRefusal } from './answer.js'
import type { ApiEnv, RespondWithError } from './context.js'
import type { Doors } from './doors.js'
import {
  badInput,
  bodyAs,
  contentOf,
  type Incoming,
  nextPageUrl,
  pageWithin,
  queryOf,
  requestIdIn,
  responding,
  wireRefusal,
  withoutOptions,
} from './handling.js'
import { presentHistory, presentRemovalRequest } from './removal-request-presenter.js'

export interface RemovalRequestRoutesDeps {
  readonly submitRemoval: SubmitRemoval
  readonly getRemovalRequest: GetRemovalRequest
  readonly listRemovalRequests: ListRemovalRequests
  readonly getHistory: GetHistory
  readonly approveRemoval: ApproveRemoval
  readonly denyRemoval: DenyRemoval
  readonly withdrawRemoval: WithdrawRemoval
  readonly retryRemoval: RetryRemoval
  readonly closeRemoval: CloseRemoval
  /** What somebody acted on, as it is shown. */
  readonly viewRemovalRequest: ViewRemovalRequest
  readonly publicUrl: string
  /** The most rows that may be asked for on a page. */
  readonly largestPage: number
  readonly doors: Doors
  readonly respondWithError: RespondWithError
}

const usualPage = 100
const requestPath = `${removalRequestsPath}/:id`

/** Lethe's own routes: what the published call lacks. */
export const removalRequestRoutes = (app: Hono<ApiEnv>, deps: RemovalRequestRoutesDeps): void => {
  const { doors, publicUrl } = deps
  const respond = responding(deps.respondWithError)
  const shown = (request: RemovalRequest) => pipe(deps.viewRemovalRequest(request), TE.map(resourceOf))

  app.get(removalRequestsPath, doors.authenticated, doors.permitted('listRemovalRequests'), c =>
    respond(
      c,
      pipe(
        TE.fromEither(badInput(parseRemovalRequestListOptions(queryOf(c)))),
        TE.tap(({ $top }) => TE.fromEither(pageWithin(deps.largestPage, $top ?? null))),
        TE.flatMap(options =>
          pipe(
            deps.listRemovalRequests({
              grant: c.get('grant'),
              filter: filterOf(options),
              page: { size: options.$top ?? usualPage, after: options.$skiptoken ?? null },
            }),
            TE.map(page => c.json(RemovalRequestCollection.encode(collectionOf(publicUrl, options, page)))),
          ),
        ),
      ),
    ),
  )

  app.post(removalRequestsPath, doors.authenticated, doors.permitted('submit'), doors.bounded, c =>
    respond(
      c,
      pipe(
        bodyAs(NewRemovalRequest)(c),
        TE.flatMap(asked => withOptionsOf(c)(asked)),
        TE.flatMap(({ userId, receivedDateTime, receivedConfirmed = false, batchId }) =>
          deps.submitRemoval({
            grant: c.get('grant'),
            userId,
            receivedAt: receivedDateTime ?? null,
            receivedConfirmed,
            batch: batchId ?? null,
          }),
        ),
        TE.flatMap(({ view, joined }) =>
          pipe(
            view,
            TE.map(shown => {
              c.header('Location', `${publicUrl}${removalRequestPath(shown.request.id)}`)
              return c.json(resourceOf(shown), joined ? 200 : 201)
            }),
          ),
        ),
      ),
    ),
  )

  app.get(requestPath, doors.authenticated, doors.permitted('getRemovalRequest'), c =>
    respond(
      c,
      pipe(
        idOf(c, c.req.param('id')),
        TE.flatMap(id => deps.getRemovalRequest({ grant: c.get('grant'), id })),
        TE.map(view => c.json(resourceOf(view))),
      ),
    ),
  )

  app.get(`${requestPath}/history`, doors.authenticated, doors.permitted('getHistory'), c =>
    respond(
      c,
      pipe(
        idOf(c, c.req.param('id')),
        TE.flatMap(id => deps.getHistory({ grant: c.get('grant'), id })),
        TE.map(history => c.json(HistoryResource.encode(presentHistory(history)))),
      ),
    ),
  )

  app.post(`${requestPath}/approve`, doors.authenticated, doors.permitted('approve'), doors.bounded, c =>
    respond(
      c,
      pipe(
        noBody(c),
        TE.flatMap(() => idOf(c, c.req.param('id'))),
        TE.flatMap(id => deps.approveRemoval({ grant: c.get('grant'), id })),
        TE.flatMap(shown),
        TE.map(resource => c.json(resource)),
      ),
    ),
  )

  app.post(`${requestPath}/deny`, doors.authenticated, doors.permitted('deny'), doors.bounded, c =>
    respond(
      c,
      pipe(
        bodyAs(Denial)(c),
        TE.flatMap(({ code, note }) =>
          pipe(
            idOf(c, c.req.param('id')),
            TE.flatMap(id => deps.denyRemoval({ grant: c.get('grant'), id, code, note: note ?? null })),
          ),
        ),
        TE.flatMap(shown),
        TE.map(resource => c.json(resource)),
      ),
    ),
  )

  app.post(`${requestPath}/withdraw`, doors.authenticated, doors.permitted('withdraw'), doors.bounded, c =>
    respond(
      c,
      pipe(
        noBody(c),
        TE.flatMap(() => idOf(c, c.req.param('id'))),
        TE.flatMap(id => deps.withdrawRemoval({ grant: c.get('grant'), id })),
        TE.flatMap(shown),
        TE.map(resource => c.json(resource)),
      ),
    ),
  )

  app.post(`${requestPath}/retry`, doors.authenticated, doors.permitted('retry'), doors.bounded, c =>
    respond(
      c,
      pipe(
        noBody(c),
        TE.flatMap(() => idOf(c, c.req.param('id'))),
        TE.flatMap(id => deps.retryRemoval({ grant: c.get('grant'), id })),
        TE.flatMap(shown),
        TE.map(resource => c.json(resource)),
      ),
    ),
  )

  app.post(`${requestPath}/close`, doors.authenticated, doors.permitted('close'), doors.bounded, c =>
    respond(
      c,
      pipe(
        bodyAs(Closing)(c),
        TE.flatMap(({ code, note }) =>
          pipe(
            idOf(c, c.req.param('id')),
            TE.flatMap(id => deps.closeRemoval({ grant: c.get('grant'), id, code, note: note ?? null })),
          ),
        ),
        TE.flatMap(deps.viewRemovalRequest),
        TE.map(view => c.json(resourceOf(view))),
      ),
    ),
  )
}

const resourceOf = (view: StoredView) => RemovalRequestResource.encode(presentRemovalRequest(view))

/** The id in the path, once the query is known to be empty. */
const idOf = (c: Incoming, key: string): TE.TaskEither<BadInput | WireRefusal, RemovalRequestId> =>
  pipe(
    requestIdIn(key),
    E.flatMap(id =>
      pipe(
        withoutOptions(c),
        E.map(() => id),
      ),
    ),
    TE.fromEither,
  )

const withOptionsOf =
  (c: Incoming) =>
  <A>(input: A): TE.TaskEither<BadInput, A> =>
    pipe(
      TE.fromEither(withoutOptions(c)),
      TE.map(() => input),
    )

const noBody = (c: Incoming): TE.TaskEither<WireRefusal, void> =>
  pipe(
    contentOf(c),
    TE.flatMap(content => TE.fromEither(wireRefusal(checkActionBody(content, 'withBody')))),
  )

const filterOf = ({ state, userId, dueBefore, batchId }: RemovalRequestListOptions) => ({
  ...(state === undefined ? {} : { states: state }),
  ...(userId === undefined ? {} : { userId }),
  ...(dueBefore === undefined ? {} : { dueBefore }),
  ...(batchId === undefined ? {} : { batch: batchId }),
})

const collectionOf = (
  publicUrl: string,
  options: RemovalRequestListOptions,
  { items, next }: { readonly items: ReadonlyArray<StoredView>; readonly next: string | null },
): RemovalRequestCollection => ({
  value: items.map(presentRemovalRequest),
  ...(next === null
    ? {}
    : {
        '@odata.nextLink': nextPageUrl(
          `${publicUrl}${removalRequestsPath}`,
          writeRemovalRequestListOptions({ ...options, $skiptoken: next }),
        ),
      }),
})
