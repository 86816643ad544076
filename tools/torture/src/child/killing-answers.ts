import { subscribe } from 'node:diagnostics_channel'
import { IncomingMessage, ServerResponse } from 'node:http'
import type { AnsweredRoute } from '../kill-points.js'
import type { KillSwitch } from './kill-switch.js'

/**
 * A kill point before the first byte of each HTTP answer, and one when the last byte was handed to the system. The server is
 * made inside of `startApi`, so this listens to what Node says of every server in the process.
 */
export const killAroundAnswers = (killer: KillSwitch): void => {
  subscribe('http.server.request.start', message => {
    const { request, response } = exchangeIn(message)
    const route = routeOf(request.method ?? '', request.url ?? '')
    if (route === null) return
    const write: unknown = Reflect.get(response, 'writeHead')
    if (typeof write !== 'function') throw new Error('An answer has a head')
    Object.defineProperty(response, 'writeHead', {
      value: (...args: ReadonlyArray<unknown>): unknown => {
        killer.pass(`answer ${route} before`)
        return Reflect.apply(write, response, args)
      },
    })
    response.once('finish', () => {
      killer.pass(`answer ${route} after`)
    })
  })
}

const exchangeIn = (message: unknown) => {
  if (
    typeof message === 'object' &&
    message !== null &&
    'request' in message &&
    'response' in message &&
    message.request instanceof IncomingMessage &&
    message.response instanceof ServerResponse
  )
    return { request: message.request, response: message.response }
  throw new Error('Node tells of a request in another way')
}

const routes: ReadonlyArray<readonly [RegExp, AnsweredRoute]> = [
  [/^POST \/beta\/directory\/inboundSharedUserProfiles\/[^/]+\/removePersonalData$/, 'removePersonalData'],
  [/^POST \/beta\/\$batch$/, 'batch'],
  [/^GET \/beta\/directory\/inboundSharedUserProfiles\/[^/]+$/, 'profile'],
  [/^GET \/beta\/directory\/inboundSharedUserProfiles(?:\?|$)/, 'profiles'],
  [/^POST \/lethe\/v1\/removalRequests$/, 'submit'],
  [/^GET \/lethe\/v1\/removalRequests(?:\?|$)/, 'list'],
  [/^GET \/lethe\/v1\/removalRequests\/[^/]+$/, 'get'],
  [/^GET \/lethe\/v1\/removalRequests\/[^/]+\/history$/, 'history'],
  [/^POST \/lethe\/v1\/removalRequests\/[^/]+\/approve$/, 'approve'],
  [/^POST \/lethe\/v1\/removalRequests\/[^/]+\/deny$/, 'deny'],
  [/^POST \/lethe\/v1\/removalRequests\/[^/]+\/withdraw$/, 'withdraw'],
  [/^POST \/lethe\/v1\/removalRequests\/[^/]+\/retry$/, 'retry'],
  [/^POST \/lethe\/v1\/removalRequests\/[^/]+\/close$/, 'close'],
  [/^POST \/lethe\/v1\/\$batch$/, 'ownBatch'],
  [/^GET \/lethe\/v1\/batches\/[^/]+$/, 'previewBatch'],
  [/^POST \/lethe\/v1\/batches\/[^/]+\/approve$/, 'approveBatch'],
  [/^POST \/lethe\/v1\/batches\/[^/]+\/deny$/, 'denyBatch'],
  [/^POST \/lethe\/v1\/batches\/[^/]+\/retry$/, 'retryBatch'],
  [/^POST \/lethe\/v1\/batches\/[^/]+\/withdraw$/, 'withdrawBatch'],
  [/^GET \/lethe\/v1\/me$/, 'me'],
]

const routeOf = (method: string, url: string): AnsweredRoute | null =>
  routes.find(([pattern]) => pattern.test(`${method} ${url}`))?.[1] ?? null
