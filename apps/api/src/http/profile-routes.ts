import type { GetProfile, ListProfiles, SubmitRemoval } from '@lethe/application'
import { removalRequestPath } from '@lethe/api-contract'
import type { PublishedContract } from '@lethe/domain'
import {
  checkActionBody,
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
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Hono } from 'hono'
import type { ApiEnv, RespondWithError } from './context.js'
import type { Doors } from './doors.js'
import { badInput, contentOf, queryOf, responding, wireRefusal } from './handling.js'

export interface ProfileRoutesDeps {
  readonly listProfiles: ListProfiles
  readonly getProfile: GetProfile
  readonly submitRemoval: SubmitRemoval
  readonly contract: PublishedContract
  readonly publicUrl: string
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

  for (const { path, userIdOf } of removePersonalDataRoutes)
    app.post(`${graphRoot}${path}`, doors.authenticated, doors.permitted('submit'), doors.bounded, c =>
      respond(
        c,
        pipe(
          contentOf(c),
          TE.flatMap(content =>
            TE.fromEither(
              wireRefusal(checkActionBody(content, deps.contract.removePersonalData.contentTypeRequired)),
            ),
          ),
          TE.flatMap(() => TE.fromEither(wireRefusal(userIdOf(c.req.param('userId') ?? '')))),
          TE.tap(() => TE.fromEither(badInput(parseNoOptions(queryOf(c))))),
          TE.flatMap(userId => deps.submitRemoval({ grant: c.get('grant'), userId, receivedAt: null })),
          TE.map(({ view }) =>
            c.body(null, 204, {
              'Operation-Location': `${deps.publicUrl}${removalRequestPath(view.request.id)}`,
            }),
          ),
        ),
      ),
    )
}
