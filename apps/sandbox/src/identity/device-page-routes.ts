import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { html } from 'hono/html'
import { devicePagePath } from './device-endpoint.js'
import { page, peopleButtons } from './page.js'
import type { DeviceGrant, PendingGrants } from './pending-grants.js'
import { signatoriesOf } from './public-client.js'

/** The pages on which a person enters a device's code, and says who they are. */
export const devicePageRoutes = (app: Hono, grants: PendingGrants): void => {
  app.get(devicePagePath, c => {
    const typed = c.req.query('user_code')
    if (typed === undefined) return codePage(c, null)
    const waiting = grants.waiting(normal(typed))
    return waiting === null ? codePage(c, typed) : peoplePage(c, waiting)
  })

  app.post(devicePagePath, bodyLimit({ maxSize: 64 * 1024 }), async c => {
    const form = new URLSearchParams(await c.req.text())
    const waiting = grants.waiting(normal(form.get('user_code') ?? ''))
    if (waiting === null) return codePage(c, form.get('user_code') ?? '')
    const name = form.get('person')
    const person = signatoriesOf(waiting.tenant)?.find(one => one.name === name)
    if (form.has('decline')) {
      grants.decide(waiting.userCode, 'declined')
      return page(c, 'Cancelled', html`<p>Nobody was signed in. You can close this page.</p>`)
    }
    if (person === undefined) return peoplePage(c, waiting)
    grants.decide(waiting.userCode, { person: person.name })
    return page(c, 'Signed in', html`<p>You can close this page, and go back to the command line.</p>`)
  })
}

/** @param wrong the code that no sign-in waits for. */
const codePage = (c: Context, wrong: string | null): Response | Promise<Response> =>
  page(
    c,
    'Enter code',
    html`${wrong === null ? '' : html`<p role="alert">No sign-in waits for that code. It may have expired.</p>`}
      <form method="get">
        <label for="user_code">The code that the command line shows</label>
        <input id="user_code" name="user_code" value="${wrong ?? ''}" autocomplete="off" required autofocus />
        <button>Next</button>
      </form>`,
    wrong === null ? {} : { status: 400 },
  )

const peoplePage = (c: Context, { tenant, userCode }: DeviceGrant): Response | Promise<Response> =>
  page(
    c,
    'Sign in',
    html`<p>
        The command line <strong>lethe</strong> asks you to sign in, with the code
        <strong>${userCode}</strong>. Go on only if it shows that very code. Who are you?
      </p>
      <form method="post">
        <input type="hidden" name="user_code" value="${userCode}" />
        ${peopleButtons(signatoriesOf(tenant) ?? [])}
        <button name="decline" value="yes">Cancel</button>
      </form>`,
  )

/** People type codes as they like. */
const normal = (typed: string): string => {
  const letters = typed.toUpperCase().replaceAll(/[^A-Z]/g, '')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}
