import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { Signatory } from './public-client.js'

type Html = ReturnType<typeof html>

const style = `
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }
button { display: block; width: 100%; margin: .5rem 0; padding: .75rem 1rem; font: inherit; text-align: start }
input { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box }
small { display: block }
`
const styleHash = createHash('sha256').update(style).digest('base64')

/**
 * Answers with a page: no script runs on it, nothing is loaded, nobody frames it.
 *
 * @param sendsTo where its forms may go beside the provider itself.
 */
export const page = (
  c: Context,
  title: string,
  content: Html | Promise<Html>,
  { status = 200, sendsTo = [] }: { status?: 200 | 400; sendsTo?: ReadonlyArray<string> } = {},
) => {
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header(
    'Content-Security-Policy',
    [
      "default-src 'none'",
      `style-src 'sha256-${styleHash}'`,
      ["form-action 'self'", ...sendsTo].join(' '),
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  )
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>${title} - Lethe sandbox</title>
          <style>
            ${raw(style)}
          </style>
        </head>
        <body>
          <main>
            <h1>${title}</h1>
            ${content}
          </main>
        </body>
      </html>`,
    status,
  )
}

/** A button for each person. */
export const peopleButtons = (signatories: ReadonlyArray<Signatory>): ReadonlyArray<Html | Promise<Html>> =>
  signatories.map(
    ({ name, person: { claims } }) =>
      html`<button name="person" value="${name}">
        ${text(claims['name'])}<small>${text(claims['preferred_username'])}</small>
      </button>`,
  )

/** Fields that a form sends along. */
export const hiddenFields = (
  fields: Iterable<readonly [name: string, value: string]>,
): ReadonlyArray<Html | Promise<Html>> =>
  [...fields].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)

const text = (claim: unknown): string => (typeof claim === 'string' ? claim : '')
