import { type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { TimeLimits } from './time-limits.js'

/** A proxy cannot reach what listens on this machine's loopback. */
const loopback = ['localhost', '127.0.0.1', '[::1]']

/**
 * Keeps connections alive, and goes through the proxy of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), except to
 * loopback. One request at a time on a connection, and HTTP/1.1 only: whether a request was written must be known.
 */
export const proxiedDispatcher = (limits: TimeLimits, connections: number): Dispatcher => {
  const excluded = process.env['no_proxy'] ?? process.env['NO_PROXY'] ?? ''
  return new EnvHttpProxyAgent({
    noProxy: [excluded, ...loopback].filter(entry => entry !== '').join(','),
    connect: { timeout: limits.connectMs },
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 120_000,
  })
}
