import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A key as published, well formed or not. */
export type PublishedKey = Readonly<Record<string, unknown>>

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Publishes metadata and keys for any tenant, over loopback, and counts what it is asked. */
export interface FakeIssuer {
  readonly v1: (tenant: string) => string
  readonly v2: (tenant: string) => string
  readonly url: (path: string) => string
  /** The paths asked for so far. */
  readonly requests: ReadonlyArray<string>
  readonly publish: (...keys: ReadonlyArray<PublishedKey>) => void
  /** Publishes a key where the metadata does not point to: in the key set of one app. */
  readonly publishFor: (appId: string, key: PublishedKey) => void
  /** Merged over the metadata that is published from now on. */
  readonly claimInMetadata: (members: Readonly<Record<string, unknown>>) => void
  /** Adds to what every answer says: its status, and white space after its document. */
  readonly distort: (how: { readonly status?: number; readonly padding?: number }) => void
  /** Keeps requests waiting; the answer lets them go on. */
  readonly hold: () => () => void
  /** Answers every request itself until `recover`. */
  readonly intercept: (handler: Handler) => void
  /** Answers requests for keys itself until `recover`. */
  readonly interceptKeys: (handle: (response: ServerResponse) => unknown) => void
  readonly fail: () => void
  readonly recover: () => void
}

const discovery = '.well-known/openid-configuration'
const closers: Array<() => Promise<void>> = []

export const closeIssuers = async (): Promise<void> => {
  await Promise.all(closers.splice(0).map(close => close()))
}

export const openIssuer = async (...initial: ReadonlyArray<PublishedKey>): Promise<FakeIssuer> => {
  const requests: Array<string> = []
  let keys = initial
  const keysOfApps = new Map<string, PublishedKey>()
  let extra: Readonly<Record<string, unknown>> = {}
  let status = 200
  let padding = 0
  let held: Promise<void> = Promise.resolve()
  let interceptor: Handler | null = null

  const sendJson = (response: ServerResponse, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(body)}${' '.repeat(padding)}`)
  }

  const answer: Handler = (request, response) => {
    const path = request.url ?? ''
    if (path.endsWith(discovery)) {
      const prefix = path.slice(0, -discovery.length)
      const issuer = `${base}${prefix.endsWith('/v2.0/') ? prefix.slice(0, -1) : prefix}`
      sendJson(response, { issuer, jwks_uri: `${base}${prefix}keys`, ...extra })
    } else if (path.endsWith('/keys')) {
      sendJson(response, { keys })
    } else if (path.includes('/keys?appid=')) {
      sendJson(response, { keys: [keysOfApps.get(path.split('=')[1] ?? '')] })
    } else {
      response.writeHead(404).end()
    }
  }

  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    const handle = interceptor ?? answer
    void held.then(() => handle(request, response))
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  const base = `http://127.0.0.1:${address.port}`
  closers.push(
    () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )

  return {
    v1: tenant => `${base}/${tenant}/`,
    v2: tenant => `${base}/${tenant}/v2.0`,
    url: path => `${base}${path}`,
    requests,
    publish: (...next) => {
      keys = next
    },
    publishFor: (appId, key) => {
      keysOfApps.set(appId, key)
    },
    claimInMetadata: members => {
      extra = members
    },
    distort: how => {
      status = how.status ?? 200
      padding = how.padding ?? 0
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
    intercept: handler => {
      interceptor = handler
    },
    interceptKeys: handle => {
      interceptor = (request, response) => {
        if (request.url?.endsWith('/keys') === true) handle(response)
        else answer(request, response)
      }
    },
    fail: () => {
      interceptor = (_, response) => response.writeHead(500).end()
    },
    recover: () => {
      interceptor = null
    },
  }
}
