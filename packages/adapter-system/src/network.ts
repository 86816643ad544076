import {
  type Agent,
  type Dispatcher,
  EnvHttpProxyAgent,
  fetch,
  Pool,
  type RequestInit,
  type Response,
} from 'undici'
import type { ProxySettings } from './proxy.js'

export { proxyFor, type ProxyMistake, type ProxySettings, readProxySettings, withoutProxy } from './proxy.js'

/** How this process calls others over HTTP. Every call goes through here, so that none passes the proxy by. */
export interface Network {
  /** The `fetch` of the platform. A call that fails rejects with the reason as its `cause`, and a code in that. */
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>
  /**
   * Opens a pool of connections.
   *
   * @param options as for any pool of undici; `connectTimeout` holds for the way to the proxy and for the tunnel, too.
   */
  readonly openDispatcher: (options: Agent.Options) => Dispatcher
}

/** The proxy itself failed, and not the server behind it. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure'
  /** Such as `PROXY_407` or `PROXY_ECONNREFUSED`. */
  readonly code: string
  /** Which names the proxy. */
  readonly variable: string
  /** The status that it answered, or a code of the platform where it did not answer. */
  readonly reason: string

  constructor(variable: string, reason: string) {
    super('The proxy failed')
    this.code = `PROXY_${reason}`
    this.variable = variable
    this.reason = reason
  }
}

/** How long connecting may take, in milliseconds: as long as in the `fetch` of Node. */
const usualConnectTimeout = 10_000

/** Opens the way to others, through the proxy of the settings where they name one. Nothing is sent yet. */
export const openNetwork = (settings: ProxySettings): Network => {
  const openDispatcher = (options: Agent.Options): Dispatcher =>
    new EnvHttpProxyAgent({
      ...options,
      // What goes without TLS goes to this machine alone, and a proxy would read it.
      httpProxy: '',
      httpsProxy: settings.proxy?.url ?? '',
      noProxy: settings.noProxy,
      clientFactory: (origin, own) =>
        new ProxyPool(settings.proxy?.variable ?? '', origin, {
          ...own,
          ...(options.connectTimeout === undefined ? {} : { headersTimeout: options.connectTimeout }),
        }),
    })
  let usual: Dispatcher | null = null
  return {
    fetch: (url, init) => {
      usual ??= openDispatcher({ connectTimeout: usualConnectTimeout })
      return fetch(url, { ...init, dispatcher: usual })
    },
    openDispatcher,
  }
}

/** Connections to the proxy. Whatever goes wrong in them is its failure: later on a tunnel fails as the far end does. */
class ProxyPool extends Pool {
  readonly #variable: string

  constructor(variable: string, origin: URL, options: Pool.Options) {
    super(origin, options)
    this.#variable = variable
  }

  override connect(options: TunnelOptions): Promise<Dispatcher.ConnectData>
  override connect(options: TunnelOptions, callback: TunnelCallback): void
  override connect(
    options: TunnelOptions,
    callback?: TunnelCallback,
  ): Promise<Dispatcher.ConnectData> | undefined {
    if (callback === undefined) return this.#open(options)
    super.connect(options, callback)
    return undefined
  }

  async #open(options: TunnelOptions): Promise<Dispatcher.ConnectData> {
    const opened = await super.connect(options).catch((error: unknown) => {
      throw new ProxyFailure(this.#variable, codeOf(error))
    })
    if (opened.statusCode === 200) return opened
    opened.socket.on('error', () => undefined).destroy()
    throw new ProxyFailure(this.#variable, String(opened.statusCode))
  }
}

type TunnelOptions = Omit<Dispatcher.ConnectOptions, 'origin'>
type TunnelCallback = (error: Error | null, data: Dispatcher.ConnectData) => void

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
