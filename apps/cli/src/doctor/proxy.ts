import type { Io } from '../io.js'

type Env = Io['env']

/**
 * Whether Node minds the variables of proxies: where it is told to, and can (Node 22.21, and 24 or newer).
 *
 * Source: https://nodejs.org/api/cli.html, NODE_USE_ENV_PROXY and --use-env-proxy.
 */
export const mindsProxies = ({ env, nodeVersion }: Pick<Io, 'env' | 'nodeVersion'>): boolean =>
  isToldTo(env) && canMindProxies(nodeVersion)

/** Whether Node is told to use a proxy. */
export const isToldTo = (env: Env): boolean =>
  env['NODE_USE_ENV_PROXY'] === '1' || /(?:^|\s)--use-env-proxy(?:\s|$)/.test(env['NODE_OPTIONS'] ?? '')

const canMindProxies = (nodeVersion: string): boolean => {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 21)
}

/** The first of these variables that is set; null where none is. */
export const firstSet = (env: Env, names: ReadonlyArray<string>): string | null =>
  names.find(name => (env[name] ?? '') !== '') ?? null

/** The variable whose proxy is asked for an address; null where the address is reached without one. */
export const proxyFor = (io: Pick<Io, 'env' | 'nodeVersion'>, address: string): string | null => {
  const { protocol, hostname, port } = new URL(address)
  const isHttps = protocol === 'https:'
  if (!mindsProxies(io) || isExempt(io.env, hostname, port || (isHttps ? '443' : '80'))) return null
  return firstSet(io.env, isHttps ? [...httpsNames, ...httpNames] : httpNames)
}

const httpNames = ['http_proxy', 'HTTP_PROXY']
/** Where they are not set, the others are used for https, too. */
const httpsNames = ['https_proxy', 'HTTPS_PROXY']

/** NO_PROXY is a list of hosts, with a port or without, and of domains that begin with a dot or `*`. */
const isExempt = ({ no_proxy: lower, NO_PROXY: upper }: Env, hostname: string, port: string): boolean =>
  (lower ?? upper ?? '')
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .some(entry => {
      const name = entry.replace(/^\*?\.?/, '').toLowerCase()
      return (
        entry === '*' ||
        [hostname, `${hostname}:${port}`].some(each => each === name || each.endsWith(`.${name}`))
      )
    })
