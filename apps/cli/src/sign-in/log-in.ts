import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Io } from '../io.js'
import type { KeptSignIn, SignInSource } from './kept-sign-in.js'
import { type MsalRefusal, withMsal } from './msal.js'

/** How a person is to sign in. */
export type LoginWay = 'browser' | 'addressOnly' | 'deviceCode'

export interface LoginDeps {
  readonly io: Pick<Io, 'fetch' | 'interrupted' | 'sleep' | 'openBrowser'>
  readonly say: (text: string) => Promise<void>
}

/** How long a browser may take. */
const patienceMilliseconds = 600_000

const successPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Signed in</title>
<p>You are signed in to lethe. You can close this page.</p></html>`
const errorPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not signed in</title>
<p>You are not signed in. The command line says why; you can close this page.</p></html>`

/** Signs a person in: in a browser (code and PKCE), or with a code on another device. */
export const logIn =
  ({ io, say }: LoginDeps) =>
  (source: SignInSource, context: string, way: LoginWay): TE.TaskEither<MsalRefusal, KeptSignIn> => {
    const scopes = [...source.scopes]
    return withMsal({ io, source, context, scopes, before: null }, async client => {
      if (way === 'deviceCode')
        return client.acquireTokenByDeviceCode({
          scopes,
          deviceCodeCallback: ({ verificationUri, userCode }) => {
            void say(`to sign in, open ${verificationUri} on any device and enter the code ${userCode}`)
          },
        })
      const givingUp = new AbortController()
      try {
        return await client.acquireTokenInteractive({
          scopes,
          prompt: 'select_account',
          successTemplate: successPage,
          errorTemplate: errorPage,
          openBrowser: async address => {
            cancelWhere([io.interrupted, AbortSignal.timeout(patienceMilliseconds)], givingUp.signal, () =>
              cancel(io, new URL(address)),
            )
            await say(`to sign in, open ${address}`)
            if (way === 'addressOnly') return
            if (!(await io.openBrowser(new URL(address))))
              await say('no browser could be opened here; --device-code works without one.')
          },
        })
      } finally {
        givingUp.abort()
      }
    })
  }

const cancelWhere = (
  signals: ReadonlyArray<AbortSignal>,
  unless: AbortSignal,
  act: () => Promise<unknown>,
): void => {
  for (const signal of signals) {
    signal.addEventListener('abort', () => void act(), { once: true, signal: unless })
    if (signal.aborted) void act()
  }
}

/**
 * MSAL waits for the browser and takes no signal: so it is told what a browser would bring where the person declines, and
 * closes its listener itself.
 */
const cancel = async (io: Pick<Io, 'fetch'>, address: URL): Promise<unknown> => {
  const redirect = URL.parse(address.searchParams.get('redirect_uri') ?? '')
  const state = address.searchParams.get('state')
  if (redirect === null || state === null) return undefined
  return io
    .fetch(new URL(`http://127.0.0.1:${redirect.port}/`), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ error: 'access_denied', state }).toString(),
    })
    .catch(() => undefined)
}
