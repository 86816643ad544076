import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { html } from 'hono/html'
import { letheCliClientId } from '../people.js'
import { type AuthorizeRefusal, readAuthorizeRequest, type ReturnAddress } from './authorize-request.js'
import { entraErrorBody, entraErrors, type EntraError } from './entra-error.js'
import { hiddenFields, page, peopleButtons } from './page.js'
import type { PendingGrants } from './pending-grants.js'
import { signatoriesOf } from './public-client.js'

const path = '/:tenant/oauth2/v2.0/authorize'

/**
 * `GET /{tenant}/oauth2/v2.0/authorize`, a page that asks who signs in, and the POST of its form. There are no passwords
 * here: whoever is chosen is signed in.
 */
export const authorizeRoutes = (app: Hono, grants: PendingGrants): void => {
  app.get(path, c => {
    const signatories = signatoriesOf(c.req.param('tenant'))
    if (signatories === null) return refusedPage(c, entraErrors.unknownTenant)
    const query = new URL(c.req.url).searchParams
    const request = readAuthorizeRequest(query)
    if (E.isLeft(request)) return refuse(c, request.left)
    // What a button says comes from the person alone, and not from whoever made the link.
    const asked = [...query].filter(([name]) => name !== 'person' && name !== 'decline')
    return page(
      c,
      'Sign in',
      html`<p>The command line <strong>lethe</strong> asks you to sign in. Who are you?</p>
        <form method="post">
          ${hiddenFields(asked)} ${peopleButtons(signatories)}
          <button name="decline" value="yes">Cancel</button>
        </form>`,
      { sendsTo: [request.right.redirectUri] },
    )
  })

  app.post(path, bodyLimit({ maxSize: 64 * 1024 }), async c => {
    const tenant = c.req.param('tenant')
    const form = new URLSearchParams(await c.req.text())
    const person = signatoriesOf(tenant)?.find(({ name }) => name === form.get('person'))?.name
    const request = readAuthorizeRequest(form)
    if (E.isLeft(request)) return refuse(c, request.left)
    const back = request.right
    if (form.has('decline')) return refuse(c, { tell: 'client', error: entraErrors.signInDeclined, back })
    if (person === undefined) return refusedPage(c, entraErrors.parameterMissing('person'))
    const { redirectUri, codeChallenge, nonce } = back
    const code = grants.authorize({
      clientId: letheCliClientId,
      redirectUri,
      codeChallenge,
      nonce,
      tenant,
      person,
    })
    return sendBack(c, back, { code, session_state: randomUUID() })
  })
}

const refuse = (c: Context, refusal: AuthorizeRefusal): Response | Promise<Response> => {
  if (refusal.tell === 'person') return refusedPage(c, refusal.error)
  const { error, error_description: description } = describe(refusal.error)
  return sendBack(c, refusal.back, { error, error_description: description })
}

const describe = (error: EntraError) => entraErrorBody(error, randomUUID(), new Date())

const refusedPage = (c: Context, error: EntraError): Response | Promise<Response> =>
  page(c, 'No sign-in', html`<p role="alert">${describe(error).error_description}</p>`, { status: 400 })

/** Without a script nothing is posted by itself: a person presses a button. */
const sendBack = (
  c: Context,
  { redirectUri, mode, state }: ReturnAddress,
  values: Readonly<Record<string, string>>,
): Response | Promise<Response> => {
  const answer = new URLSearchParams({ ...values, ...(state === null ? {} : { state }) })
  switch (mode) {
    case 'query': {
      c.header('Cache-Control', 'no-store')
      return c.redirect(`${redirectUri}?${answer.toString()}`)
    }
    case 'form_post':
      return page(
        c,
        'Back to the command line',
        html`<form method="post" action="${redirectUri}">
          ${hiddenFields(answer)} <button autofocus>Continue</button>
        </form>`,
        { sendsTo: [redirectUri] },
      )
  }
}
