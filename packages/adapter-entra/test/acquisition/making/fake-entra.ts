import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { text } from 'node:stream/consumers'

/** What the token endpoint was asked. */
interface TokenCall {
  readonly path: string
  readonly form: URLSearchParams
}

export interface Reply {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A token endpoint, for any tenant, over loopback. It gives numbered tokens, and counts what it is asked. */
export interface FakeEntra {
  /** Its origin. */
  readonly host: string
  readonly port: number
  readonly calls: ReadonlyArray<TokenCall>
  /** The grant types asked for so far. */
  readonly grants: () => ReadonlyArray<string>
  readonly discoveries: () => number
  /** For how long access tokens are good from now on, in seconds. Under 300, MSAL takes none from its cache. */
  readonly lifetime: (seconds: number) => void
  /** Merged over every token answer from now on; undefined takes a member away. */
  readonly amend: (members: Readonly<Record<string, unknown>>) => void
  /** Answers every token request with this until `recover`. */
  readonly reply: (reply: Reply) => void
  /** Leaves every token request without an answer until `recover`. */
  readonly hang: () => void
  readonly recover: () => void
  /** Keeps token requests waiting; the answer lets them go on. */
  readonly hold: () => () => void
  readonly close: () => Promise<void>
}

const closers: Array<() => Promise<void>> = []

export const closeEntras = async (): Promise<void> => {
  await Promise.all(closers.splice(0).map(close => close()))
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const idTokenOf = (tenant: string): string =>
  `${encoded({ alg: 'RS256' })}.${encoded({ tid: tenant, oid: 'megan', sub: 'megan', ver: '2.0' })}.c2lnbg`

/** @param tls key and certificate, both PEM, to be reached over https. */
export const openEntra = async (tls?: {
  readonly key: string
  readonly cert: string
}): Promise<FakeEntra> => {
  const scheme = tls === undefined ? 'http' : 'https'
  const calls: Array<TokenCall> = []
  let discoveries = 0
  let lifetime = 3600
  let amended: Readonly<Record<string, unknown>> = {}
  let replying: Reply | 'hang' | null = null
  let held: Promise<void> = Promise.resolve()

  const send = (response: ServerResponse, { status = 200, body = {}, headers = {} }: Reply): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

  const discover = (path: string, askedHost: string): Reply => {
    const authority = `${scheme}://${askedHost}${path.slice(0, path.indexOf('/v2.0/'))}`
    return {
      body: {
        issuer: `${authority}/v2.0`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      },
    }
  }

  const grant = ({ path, form }: TokenCall): Reply => {
    const number = calls.length
    const tenant = path.split('/')[1] ?? ''
    const forPeople =
      form.get('grant_type') === 'client_credentials'
        ? {}
        : {
            refresh_token: `refresh-${number}`,
            id_token: idTokenOf(tenant),
            client_info: encoded({ uid: 'megan', utid: tenant }),
          }
    const kind = form.get('grant_type') === 'client_credentials' ? 'app' : 'person'
    const token = { access_token: `${kind}-${number}`, token_type: 'Bearer', expires_in: lifetime }
    return { body: { ...token, ...forPeople, ...amended } }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (request.method === 'GET') {
      discoveries += 1
      send(response, discover(path, request.headers.host ?? ''))
      return
    }
    const call = { path, form: new URLSearchParams(await text(request)) }
    calls.push(call)
    const now = replying
    const granted = grant(call)
    await held
    if (now !== 'hang') send(response, now ?? granted)
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => response.destroy())
  }
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  const host = `${scheme}://127.0.0.1:${address.port}`

  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  closers.push(close)

  return {
    host,
    port: address.port,
    calls,
    grants: () => calls.map(({ form }) => form.get('grant_type')?.split(':').at(-1) ?? ''),
    discoveries: () => discoveries,
    lifetime: seconds => {
      lifetime = seconds
    },
    amend: members => {
      amended = members
    },
    reply: reply => {
      replying = reply
    },
    hang: () => {
      replying = 'hang'
    },
    recover: () => {
      replying = null
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
    close,
  }
}
