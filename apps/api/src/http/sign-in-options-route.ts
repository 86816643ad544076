import { SignInOptions, signInOptionsPath } from '@lethe/api-contract'
import { graphErrors } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import type { Hono } from 'hono'
import { answerOf, errorAnswer } from './answer.js'
import type { ApiEnv, RespondWithError } from './context.js'
import { withoutOptions } from './handling.js'

export interface SignInOptionsDeps {
  /** Null where the command line has no registration. */
  readonly signIn: SignInOptions | null
  readonly respondWithError: RespondWithError
}

/** Says to anybody, before they are anybody, where the command line signs people in. */
export const signInOptionsRoute = (
  app: Hono<ApiEnv>,
  { signIn, respondWithError }: SignInOptionsDeps,
): void => {
  app.get(signInOptionsPath, c => {
    const options = withoutOptions(c)
    if (E.isLeft(options)) return respondWithError(c, answerOf(options.left))
    if (signIn === null)
      return respondWithError(c, errorAnswer(graphErrors.resourceNotFound('signInOptions'), 'NoSignIn'))
    c.set('caching', 'public, max-age=300')
    return c.json(SignInOptions.encode(signIn))
  })
}
