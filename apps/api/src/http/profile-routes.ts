import type { GetProfile, ListProfiles, SubmitRemoval } from '@lethe/application'
import { removalRequestPath } from '@lethe/api-contract'
import type { PublishedContract, UserId } from '@lethe/domain'
import {
  checkActionBody,
  type GraphErrorRow,
  graphRoot,
  nextLink,
  parseNoOptions,
  parseProfileListOptions,
  parseProfileOptions,
  profileRoutes as keyedRoutes,
  profilesPath,
  removePersonalDataRoutes,
  writeProfile,
  writeProfilePage,
} from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Hono } from 'hono'
import type { BadInput, Refusal, WireRefusal } from './answer.js'
import type { ApiEnv, RespondWithError } from './context.js'
import type { Doors } from './doors.js'
import {
  badInput,
  type Content,
  contentOf,
  type Incoming,
  pageWithin,
  queryOf,
  responding,
  wireRefusal,
} from './handling.js'

export interface ProfileRoutesDeps {
  readonly listProfiles: ListProfiles
  readonly getProfile: GetProfile
  readonly submitRemoval: SubmitRemoval
  readonly contract: PublishedContract
  readonly publicUrl: string
  /** The most rows that may be asked for on a page. */
  readonly largestPage: number
  readonly doors: Doors
  readonly respondWithError: RespondWithError
}

const usualPage = 100

/** Graph's own routes of inbound shared user profiles. */
export const profileRoutes = (app: Hono<ApiEnv>, deps: ProfileRoutesDeps): void => {
  const { doors } = deps
  const root = `${deps.publicUrl}${graphRoot}`
  const respond = responding(deps.respondWithError)

  app.get(`${graphRoot}${profilesPath}`, doors.authenticated, doors.permitted('listProfiles'), c =>
    respond(
      c,
      pipe(
        TE.fromEither(badInput(parseProfileListOptions(queryOf(c)))),
        TE.tap(({ top }) => TE.fromEither(pageWithin(deps.largestPage, top))),
        TE.flatMap(options =>
          pipe(
            deps.listProfiles({
              grant: c.get('grant'),
              conditions: options.filter,
              page: { size: options.top ?? usualPage, after: options.skipToken },
            }),
            TE.map(({ items, next }) =>
              c.json(
                writeProfilePage({
                  root,
                  select: options.select,
                  profiles: items,
                  nextLink: next === null ? null : nextLink(root, options, next),
                }),
              ),
            ),
          ),
        ),
      ),
    ),
  )

  for (const { path, userIdOf } of keyedRoutes)
    app.get(`${graphRoot}${path}`, doors.authenticated, doors.permitted('getProfile'), c =>
      respond(
        c,
        pipe(
          TE.fromEither(wireRefusal(userIdOf(c.req.param('userId') ?? ''))),
          TE.bindTo('userId'),
          TE.bindW('options', () => TE.fromEither(badInput(parseProfileOptions(queryOf(c))))),
          TE.flatMap(({ userId, options: { select } }) =>
            pipe(
              deps.getProfile({ grant: c.get('grant'), userId }),
              TE.map(profile => c.json(writeProfile({ root, select, profile }))),
            ),
          ),
        ),
      ),
    )

  /** Whose removal is asked for: the body comes before the key, and the key before the options. */
  const removalIn = (
    c: Incoming,
    content: Content,
    key: E.Either<GraphErrorRow, UserId>,
  ): E.Either<WireRefusal | BadInput, UserId> => {
    const body = checkActionBody(content, deps.contract.removePersonalData.contentTypeRequired)
    if (E.isLeft(body)) return wireRefusal(body)
    const options = badInput(parseNoOptions(queryOf(c)))
    return E.isRight(key) && E.isLeft(options) ? options : wireRefusal(key)
  }

  for (const { path, userIdOf } of removePersonalDataRoutes)
    app.post(`${graphRoot}${path}`, doors.authenticated, doors.permitted('submit'), doors.bounded, c =>
      respond(c, async (): Promise<E.Either<Refusal, Response>> => {
        const content = await contentOf(c)()
        if (E.isLeft(content)) return content
        const userId = removalIn(c, content.right, userIdOf(c.req.param('userId') ?? ''))
        if (E.isLeft(userId)) return userId
        const submitted = await deps.submitRemoval({
          grant: c.get('grant'),
          userId: userId.right,
          receivedAt: null,
          batch: null,
        })()
        if (E.isLeft(submitted)) return submitted
        const at = `${deps.publicUrl}${removalRequestPath(submitted.right.request.id)}`
        return E.right(c.body(null, 204, { 'Operation-Location': at }))
      }),
    )
}
