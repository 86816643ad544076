import * as E from 'fp-ts/lib/Either.js'

/** How this process reaches others: through the proxy that the environment names, but for some hosts. */
export interface ProxySettings {
  /** Null where there is none. */
  readonly proxy: {
    /** The variable that names it: what is said of it, since its URL may hold a password. */
    readonly variable: string
    readonly url: string
  } | null
  /** The hosts that are reached without it, as `NO_PROXY` has them. */
  readonly noProxy: string
}

/** A variable that names no proxy that could be used. `mistake` holds what is expected, and not what it says. */
export interface ProxyMistake {
  readonly variable: string
  readonly mistake: string
}

/** Every call directly. */
export const withoutProxy: ProxySettings = { proxy: null, noProxy: '' }

/** What is on this machine: a proxy cannot reach it, and must not see what is sent to it without TLS. */
const loopback = ['localhost', '127.0.0.1', '::1']

/**
 * Reads the proxy from `HTTPS_PROXY`, or else `HTTP_PROXY`, and `NO_PROXY`; of two spellings the lower case comes first, as curl has
 * it. An empty variable is none.
 */
export const readProxySettings = (
  environment: Readonly<Record<string, string | undefined>>,
): E.Either<ProxyMistake, ProxySettings> => {
  const given = (name: string): string => (environment[name] ?? '').trim()
  const variable = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].find(name => given(name) !== '')
  const noProxy = [given('no_proxy') || given('NO_PROXY'), ...loopback]
    .filter(entry => entry !== '')
    .join(',')
  if (variable === undefined) return E.right({ proxy: null, noProxy })
  const url = given(variable)
  return isProxy(url)
    ? E.right({ proxy: { variable, url }, noProxy })
    : E.left({
        variable,
        mistake: `${variable}: expected the http or https URL of a proxy, such as http://proxy.example:8080`,
      })
}

const isProxy = (text: string): boolean => {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return false
  return E.isRight(
    E.tryCatch(
      // User and password are sent decoded.
      () => [url.username, url.password].map(decodeURIComponent),
      () => null,
    ),
  )
}

/**
 * Says which variable's proxy a call goes through; null for none. For explanations: undici decides, and does not say. A test compares
 * the two.
 */
export const proxyFor = (
  { proxy, noProxy }: ProxySettings,
  { protocol, hostname, port }: URL,
): string | null => {
  if (proxy === null || protocol !== 'https:') return null
  const host = hostname.replace(/^\[(.+)\]$/, '$1').replace(/(.)\.$/, '$1')
  const isExempt = noProxy.split(/[\s,]+/).some(entry => isAbout(entry.toLowerCase(), host, port || '443'))
  return isExempt ? null : proxy.variable
}

/** Whether an entry of `NO_PROXY` means a host: a name means those below it, too, and `*.name` those alone. */
const isAbout = (entry: string, host: string, port: string): boolean => {
  const [, withPort = entry, onlyPort = port] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? []
  const name = withPort
    .replace(/^\[(.+)\]$/, '$1')
    .replace(/^\*?\./, '')
    .replace(/(.)\.$/, '$1')
  if (name === '' || onlyPort !== port) return false
  return name === '*' || (name === host && !entry.startsWith('*')) || host.endsWith(`.${name}`)
}
