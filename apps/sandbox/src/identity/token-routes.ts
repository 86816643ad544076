import { randomUUID } from 'node:crypto'
import { describeErrors } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { parsedJson } from '../parsed-json.js'
import { people } from '../people.js'
import { entraErrorBody } from './entra-error.js'
import { SignIn } from './sign-ins.js'
import { answerTokenRequest, type TokenEndpointDeps } from './token-endpoint.js'

const mostBytes = 64 * 1024
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** `POST /{tenant}/oauth2/v2.0/token`. */
export const tokenRoute = (app: Hono, deps: TokenEndpointDeps): void => {
  const answer = answerTokenRequest(deps)
  app.post('/:tenant/oauth2/v2.0/token', bodyLimit({ maxSize: mostBytes }), async c => {
    const answered = await answer(c.req.param('tenant'), new URLSearchParams(await c.req.text()))()
    c.header('Cache-Control', 'no-store')
    if (E.isRight(answered)) return c.json(answered.right)
    const correlated = c.req.query('client-request-id') ?? c.req.header('client-request-id') ?? ''
    const correlationId = guid.test(correlated) ? correlated : randomUUID()
    return c.json(entraErrorBody(answered.left, correlationId, new Date()), answered.left.status)
  })
}

/** `PUT /sandbox/sign-ins/{person}`: takes somebody's sign-in away, or gives it back. */
export const signInRoute = (app: Hono, { signIns }: TokenEndpointDeps): void => {
  app.put('/sandbox/sign-ins/:person', bodyLimit({ maxSize: mostBytes }), async c => {
    const person = c.req.param('person')
    if (!people.has(person))
      return c.json(
        { error: 'invalid_request', error_description: `Expected one of ${[...people.keys()].join(', ')}.` },
        404,
      )
    const signIn = SignIn.decode(parsedJson(await c.req.text()))
    if (E.isLeft(signIn))
      return c.json(
        { error: 'invalid_request', error_description: `${describeErrors(signIn.left).join('; ')}.` },
        400,
      )
    signIns.put(person, signIn.right)
    return c.json({ person, ...signIn.right })
  })
}
