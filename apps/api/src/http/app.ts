import type { SignInOptions } from '@lethe/api-contract'
import type {
  ApproveBatch,
  ApproveRemoval,
  Clock,
  CloseRemoval,
  CountOverdue,
  CountUnreadable,
  DenyBatch,
  DenyRemoval,
  GetBatch,
  ListBatches,
  GetHistory,
  GetProfile,
  GetRemovalRequest,
  ListProfiles,
  ListRemovalRequests,
  ReadBacklog,
  RetryBatch,
  RetryRemoval,
  SubmitRemoval,
  ViewRemovalRequest,
  WithdrawBatch,
  WithdrawRemoval,
  WorkerUnseenFor,
} from '@lethe/application'
import { apiRoot, largestPage } from '@lethe/api-contract'
import type { PublishedContract } from '@lethe/domain'
import { graphErrors, graphRoot, routedPath } from '@lethe/graph-contract'
import { Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import type { Logger } from 'pino'
import { errorAnswer } from './answer.js'
import { traceOf } from '../log.js'
import { batchDecisionRoutes, batchReadingRoutes, noBatchDecisionRoutes } from './batch-decision-routes.js'
import { batchRoute, batchTurns, largestPageInBatch } from './batch-route.js'
import { type ApiEnv, bearerChallenge, requestContext, respondWithError } from './context.js'
import { type Authenticate, doors, readTurns } from './doors.js'
import { type Health, healthRoutes } from './health-routes.js'
import { identityRoute } from './identity-route.js'
import { profileRoutes } from './profile-routes.js'
import { removalRequestRoutes } from './removal-request-routes.js'
import { requestLog } from './request-log.js'
import { signInOptionsRoute } from './sign-in-options-route.js'
import { statusRoute } from './status-route.js'
import { type InTurn, turnsOfCallers } from './turns-of-callers.js'
import { whyUnrouted } from './unrouted.js'

export interface UseCases {
  readonly listProfiles: ListProfiles
  readonly getProfile: GetProfile
  readonly submitRemoval: SubmitRemoval
  readonly getRemovalRequest: GetRemovalRequest
  readonly listRemovalRequests: ListRemovalRequests
  readonly getHistory: GetHistory
  readonly approveRemoval: ApproveRemoval
  readonly denyRemoval: DenyRemoval
  readonly withdrawRemoval: WithdrawRemoval
  readonly retryRemoval: RetryRemoval
  readonly closeRemoval: CloseRemoval
  readonly viewRemovalRequest: ViewRemovalRequest
  readonly listBatches: ListBatches
  readonly getBatch: GetBatch
  readonly approveBatch: ApproveBatch
  readonly denyBatch: DenyBatch
  readonly retryBatch: RetryBatch
  readonly withdrawBatch: WithdrawBatch
  readonly countOverdue: CountOverdue
  readonly countUnreadable: CountUnreadable
  readonly readBacklog: ReadBacklog
  readonly workerUnseenFor: WorkerUnseenFor
}

export interface AppDeps {
  readonly useCases: UseCases
  readonly authenticate: Authenticate
  readonly contract: PublishedContract
  readonly requiredRoles: ReadonlyArray<string>
  readonly publicUrl: string
  readonly authority: string
  readonly clientId: string
  readonly signIn: SignInOptions | null
  readonly clock: Clock
  readonly health: Health
  readonly log: Logger
}

/**
 * Lethe over HTTP. On every route the checks are made in the same order, and the first that fails answers: route and
 * method, authentication, permission, headers and body, id and query options, existence, state.
 */
export const createApp = (settings: AppDeps): Hono<ApiEnv> => {
  const deps = { ...settings, readsInTurn: turnsOfCallers(readTurns) }
  const items = routes(deps, largestPageInBatch)
  const app = routes(deps, largestPage)
  const inTurn = turnsOfCallers(batchTurns)
  noBatchDecisionRoutes(items, shared(deps))
  batchDecisionRoutes(app, routeDepsOf(deps))
  for (const root of [graphRoot, apiRoot])
    batchRoute(app, {
      ...shared(deps),
      root,
      dispatch: request => items.fetch(request),
      publicUrl: deps.publicUrl,
      clock: deps.clock,
      inTurn,
    })
  return app
}

/** What every request goes through, whatever its route: a line in the log, ids, and the headers that all responses have. */
export const createShell = (log: Logger): Hono<ApiEnv> => {
  const app = new Hono<ApiEnv>({ getPath: request => routedPath(getPath(request)) })
  app.use('*', requestLog(log))
  app.use('*', requestContext)
  return app
}

/** What a worker serves where it has a port of its own: the probes alone. */
export const createProbes = (health: Omit<Health, 'graphOf'>, log: Logger): Hono<ApiEnv> => {
  const app = createShell(log)
  healthRoutes(app, health)
  return app
}

/** With the turns of reads, which are the same whatever comes in a batch. */
type Deps = AppDeps & { readonly readsInTurn: InTurn }

/** What a request alone and an item of a $batch can both ask for: so an item cannot be a batch itself, nor decide one. */
const routes = (deps: Deps, largestPage: number): Hono<ApiEnv> => {
  const app = createShell(deps.log)
  const routeDeps = { ...routeDepsOf(deps), largestPage }

  healthRoutes(app, deps.health)
  profileRoutes(app, routeDeps)
  identityRoute(app, routeDeps)
  signInOptionsRoute(app, { ...routeDeps, signIn: deps.signIn })
  statusRoute(app, { ...routeDeps, graphOf: deps.health.graphOf })
  removalRequestRoutes(app, routeDeps)
  batchReadingRoutes(app, routeDeps)

  app.notFound(c => {
    const why = whyUnrouted(
      app.routes.filter(route => route.method !== 'ALL'),
      c.req.path,
    )
    switch (why.kind) {
      case 'segment':
        return routeDeps.respondWithError(
          c,
          errorAnswer(graphErrors.segmentNotFound(why.segment), 'UnknownSegment'),
        )
      case 'method':
        return routeDeps.respondWithError(c, errorAnswer(graphErrors.methodNotAllowed, 'MethodNotAllowed'), {
          Allow: why.allowed.join(', '),
        })
    }
  })
  app.onError((error, c) => {
    deps.log.error({ requestId: c.get('exchange').requestId, ...traceOf(error) }, 'unexpected error')
    return routeDeps.respondWithError(c, errorAnswer(graphErrors.unexpected, 'Unexpected'))
  })
  return app
}

const routeDepsOf = (deps: Deps) => ({
  ...deps.useCases,
  ...shared(deps),
  contract: deps.contract,
  publicUrl: deps.publicUrl,
})

const shared = (deps: Deps) => {
  const respond = respondWithError({
    clock: deps.clock,
    challenge: bearerChallenge(deps.authority, deps.clientId),
  })
  return {
    respondWithError: respond,
    doors: doors({
      authenticate: deps.authenticate,
      contract: deps.contract,
      requiredRoles: deps.requiredRoles,
      readsInTurn: deps.readsInTurn,
      respondWithError: respond,
    }),
  }
}
