import { randomUUID } from 'node:crypto'
import { describeErrors } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { parsedJson } from '../parsed-json.js'
import { people } from '../people.js'
import { answerDeviceRequest } from './device-endpoint.js'
import { type EntraError, entraErrorBody } from './entra-error.js'
import type { PendingGrants } from './pending-grants.js'
import { SignIn } from './sign-ins.js'
import type { TokenEndpointDeps } from './grant-checks.js'
import { answerTokenRequest } from './token-endpoint.js'

const mostBytes = 64 * 1024
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** `POST /{tenant}/oauth2/v2.0/token`. */
export const tokenRoute = (app: Hono, deps: TokenEndpointDeps, grants: PendingGrants): void => {
  const answer = answerTokenRequest(deps, grants)
  app.post('/:tenant/oauth2/v2.0/token', bodyLimit({ maxSize: mostBytes }), async c => {
    const answered = await answer(c.req.param('tenant'), new URLSearchParams(await c.req.text()))()
    c.header('Cache-Control', 'no-store')
    return E.isRight(answered) ? c.json(answered.right) : refused(c, answered.left)
  })
}

/** `POST /{tenant}/oauth2/v2.0/devicecode`. Source: RFC 8628, 3.1 and 3.2. */
export const deviceCodeRoute = (app: Hono, deps: TokenEndpointDeps, grants: PendingGrants): void => {
  const answer = answerDeviceRequest(deps.baseUrl, grants)
  app.post('/:tenant/oauth2/v2.0/devicecode', bodyLimit({ maxSize: mostBytes }), async c => {
    const answered = answer(c.req.param('tenant'), new URLSearchParams(await c.req.text()))
    c.header('Cache-Control', 'no-store')
    return E.isRight(answered) ? c.json(answered.right) : refused(c, answered.left)
  })
}

/** The body of an error, with the id that the client gave the request. */
const refused = (c: Context, error: EntraError): Response => {
  const correlated = c.req.query('client-request-id') ?? c.req.header('client-request-id') ?? ''
  const correlationId = guid.test(correlated) ? correlated : randomUUID()
  return c.json(entraErrorBody(error, correlationId, new Date()), error.status)
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
