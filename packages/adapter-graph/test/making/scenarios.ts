import * as TE from 'fp-ts/lib/TaskEither.js'
import { expect } from 'vitest'
import type { EndingKind, GraphClient, GraphClientDeps } from '../../src/index.js'
import { defaultBlockLimits, noPace } from '../../src/index.js'
import { freshIds } from './fresh-ids.js'
import type { Whom } from './operations.js'
import {
  always,
  besideTheCollection,
  deadPort,
  errorReply,
  rawServer,
  reply,
  type Script,
} from './raw-server.js'

/** A Graph, or the lack of one, that makes calls end in a certain way. */
export interface Scenario {
  readonly name: string
  /** Seconds that whoever ends the call asks to wait. */
  readonly asksToWait?: number
  /** What the ending of a removal is called, where it is another: nothing is read of its 200. */
  readonly removalIs?: EndingKind
  /** How the last request ended, where more than one was made. */
  readonly lastIs?: EndingKind
  readonly open: (whom: Whom) => Promise<Opened>
}

interface Opened {
  readonly root: string
  readonly deps?: Partial<GraphClientDeps>
  /** Done before the call. */
  readonly before?: (client: GraphClient) => Promise<unknown>
  /** Done while the call is under way. */
  readonly during?: (client: GraphClient) => Promise<unknown>
}

const scripted =
  (script: Script): Scenario['open'] =>
  async () => ({ root: (await rawServer(script)).root })

const answers = (name: string, answer: string, more: Partial<Scenario> = {}): Scenario => ({
  name,
  open: scripted(always(answer)),
  ...more,
})

const errors = (status: number, code = 'BadRequest', headers: Record<string, string> = {}): Scenario =>
  answers(`${status} ${code} ${JSON.stringify(headers)}`, errorReply(status, code, headers))

const missing = (name: string, answer: string): Scenario => ({
  name,
  lastIs: 'found',
  open: scripted(besideTheCollection(answer)),
})

const nowhere = async (): Promise<Opened> => ({ root: `http://127.0.0.1:${await deadPort()}/beta` })

const never = async (): Promise<never> => new Promise(() => undefined)
const hasRequest = async (requests: ReadonlyArray<string>): Promise<void> =>
  expect.poll(() => requests.length).toBeGreaterThan(0)

const profile = ({ userId, tenantId }: Whom): string =>
  JSON.stringify({
    userId,
    userPrincipalName: 'somebody@fabrikam.example',
    displayName: 'Somebody',
    homeTenantId: tenantId,
  })

const challenge = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from('{"access_token":{}}').toString('base64')}"`

const brief: Partial<GraphClientDeps> = { timeouts: { lookupMs: 80, readBackMs: 80, removalMs: 80 } }
const otherUser = freshIds.userId()

/** Every row of the table, each brought about in every way that leads to it. A row without a scenario does not compile. */
export const scenarios: Record<EndingKind, ReadonlyArray<Scenario>> = {
  found: [
    {
      name: 'a profile',
      removalIs: 'accepted',
      open: async whom => scripted(always(reply(200, { body: profile(whom) })))(whom),
    },
  ],
  noContent: [answers('204', reply(204))],
  accepted: [errors(202), answers('202 empty', reply(202))],
  badRequest: [errors(400)],
  unauthorized: [
    errors(401, 'InvalidAuthenticationToken'),
    errors(401, 'x', { 'www-authenticate': 'Bearer realm="", error="invalid_token"' }),
    errors(401, 'x', { 'www-authenticate': 'Bearer error="insufficient_claims", claims="bm8ganNvbg=="' }),
  ],
  claimsChallenge: [errors(401, 'InvalidAuthenticationToken', { 'www-authenticate': challenge })],
  forbidden: [errors(403, 'Authorization_RequestDenied')],
  // Settled by another request: as one of the next two.
  notFound: [],
  absent: [
    ...['Request_ResourceNotFound', 'ResourceNotFound', 'itemNotFound'].map(code =>
      missing(code, errorReply(404, code)),
    ),
    missing('HTML', reply(404, { body: '<h1>Not Found</h1>' })),
    missing('half a body', 'HTTP/1.1 404 No\r\ncontent-length: 99\r\n\r\n{'),
  ],
  wrongAddress: [
    { ...errors(404, 'Request_ResourceNotFound'), lastIs: 'notFound' },
    { ...answers('404 HTML', reply(404, { body: '<h1>Not Found</h1>' })), lastIs: 'notFound' },
    { ...answers('404 empty', reply(404)), lastIs: 'notFound' },
  ],
  methodNotAllowed: [errors(405, 'Request_BadRequest')],
  conflict: [errors(409, 'Conflict')],
  locked: [errors(423, 'Locked'), errors(425, 'TooEarly')],
  otherClientError: [errors(410), errors(413), errors(415), errors(431)],
  throttledFor: [
    {
      ...answers('seconds', errorReply(429, 'TooManyRequests', { 'retry-after': '17' })),
      asksToWait: 17,
    },
    {
      ...answers('a far date', errorReply(429, 'x', { 'retry-after': 'Fri, 31 Dec 2999 23:59:59 GMT' })),
      asksToWait: 86_400,
    },
  ],
  throttled: [errors(429, 'TooManyRequests'), errors(429, 'x', { 'retry-after': 'soon' })],
  unavailableFor: [
    {
      ...answers('503', errorReply(503, 'serviceNotAvailable', { 'retry-after': '9' })),
      asksToWait: 9,
    },
  ],
  unavailable: [errors(503, 'serviceNotAvailable'), answers('503 HTML', reply(503, { body: '<p>' }))],
  gatewayError: [
    errors(502),
    errors(504),
    { ...answers('504 to come back', errorReply(504, 'x', { 'retry-after': '4' })), asksToWait: 4 },
  ],
  serverError: [
    errors(500),
    errors(501),
    errors(507),
    { ...answers('500 to come back', errorReply(500, 'x', { 'retry-after': '4' })), asksToWait: 4 },
  ],
  otherStatus: [
    errors(206),
    answers('302', reply(302, { headers: { location: 'https://elsewhere.example/' } })),
    errors(408),
  ],
  oddAnswer: [
    answers('no profile', reply(200, { body: '{"userId":7}' }), { removalIs: 'accepted' }),
    {
      name: 'somebody else',
      removalIs: 'accepted',
      open: async whom =>
        scripted(always(reply(200, { body: profile({ ...whom, userId: otherUser }) })))(whom),
    },
  ],
  truncated: [
    {
      name: '200 with half a body',
      open: scripted(
        socket => void socket.end(reply(200, { body: '{"userId":"half' }).replace(': 15', ': 99')),
      ),
    },
    {
      name: '200 whose body does not go on',
      open: async () => ({
        root: (await rawServer(always('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{'))).root,
        deps: { timeouts: { bodyMs: 60 } },
      }),
    },
  ],
  unreadable: [
    answers('no JSON', reply(200, { body: '<html>' })),
    answers('too large', reply(200, { body: 'x'.repeat(1_200_000) })),
    answers('no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'),
  ],
  notConnected: [
    { name: 'refused', open: nowhere },
    {
      name: 'no TLS',
      open: async () => ({
        root: `https://127.0.0.1:${
          (
            await rawServer(
              () => undefined,
              socket => void socket.end('no TLS'),
            )
          ).port
        }/beta`,
      }),
    },
  ],
  connectTimedOut: [
    {
      name: 'a handshake that nobody answers',
      open: async () => ({
        root: `https://127.0.0.1:${(await rawServer(() => undefined)).port}/beta`,
        deps: { timeouts: { connectMs: 80 } },
      }),
    },
  ],
  resetBeforeSending: [
    {
      name: 'a reset in the handshake',
      open: async () => {
        const { port } = await rawServer(
          () => undefined,
          socket => void socket.once('data', () => socket.resetAndDestroy()),
        )
        return { root: `https://127.0.0.1:${port}/beta` }
      },
    },
  ],
  resetAfterSending: [
    { name: 'a reset', open: scripted(socket => void socket.resetAndDestroy()) },
    { name: 'the end', open: scripted(socket => void socket.end()) },
    { name: 'half a head', open: scripted(socket => void socket.end('HTTP/1.1 204 No Con')) },
  ],
  timedOutBeforeSending: [
    {
      name: 'in wait for a token',
      open: async () => ({ ...(await nowhere()), deps: { ...brief, tokens: () => never } }),
    },
    {
      name: 'in wait for a turn',
      open: async () => ({
        ...(await nowhere()),
        deps: { ...brief, pace: { ...noPace, beforeCall: () => never } },
      }),
    },
    {
      name: 'in wait for a connection',
      open: async () => ({
        root: `https://127.0.0.1:${(await rawServer(() => undefined)).port}/beta`,
        deps: brief,
      }),
    },
  ],
  timedOutAfterSending: [
    {
      name: 'no headers',
      open: async () => ({
        root: (await rawServer(() => undefined)).root,
        deps: { timeouts: { readHeadersMs: 60, removalHeadersMs: 60 } },
      }),
    },
    {
      name: 'no end of the call',
      open: async () => ({
        root: (await rawServer(() => undefined)).root,
        deps: { timeouts: { lookupMs: 2500, readBackMs: 2500, removalMs: 2500 } },
      }),
    },
  ],
  signInRequired: [
    {
      name: 'no sign-in',
      open: async () => ({
        ...(await nowhere()),
        deps: { tokens: () => TE.left({ _tag: 'SignInRequired' }) },
      }),
    },
  ],
  tokenUnavailable: [
    {
      name: 'an issuer that is down',
      asksToWait: 60,
      open: async () => ({
        ...(await nowhere()),
        deps: { tokens: () => TE.left({ _tag: 'TokenUnavailable', retryAfterSeconds: 60 }) },
      }),
    },
  ],
  busy: [
    {
      name: 'no turn',
      asksToWait: 12,
      open: async () => ({
        ...(await nowhere()),
        deps: { pace: { ...noPace, beforeCall: () => TE.left({ _tag: 'Busy', afterSeconds: 12 }) } },
      }),
    },
  ],
  circuitOpen: [
    {
      name: 'after a failure',
      asksToWait: 40,
      open: async whom => ({
        ...(await nowhere()),
        deps: { breaker: { failures: 1, firstOpenMs: 40_000, longestOpenMs: 40_000 } },
        before: async client =>
          client.call({ ...whom, operation: 'lookup', removing: null, url: client.root, decode: null }),
      }),
    },
  ],
  credentialBlocked: [
    {
      name: 'no token',
      asksToWait: 60,
      open: async whom => ({
        ...(await nowhere()),
        deps: {
          block: defaultBlockLimits,
          random: () => 0,
          tokens: () => TE.left({ _tag: 'SignInRequired' }),
        },
        before: async client =>
          client.call({ ...whom, operation: 'lookup', removing: null, url: client.root, decode: null }),
      }),
    },
  ],
  // Of removals alone: blocks.test.ts.
  permissionBlocked: [],
  shutDownBeforeSending: [
    {
      name: 'closed before',
      open: async () => ({ ...(await nowhere()), before: async client => client.close() }),
    },
    {
      name: 'in wait for a token',
      open: async () => ({
        ...(await nowhere()),
        deps: { tokens: () => never },
        during: async client => client.close(),
      }),
    },
  ],
  shutDownAfterSending: [
    {
      name: 'in wait for an answer',
      open: async () => {
        const { root, requests } = await rawServer(() => undefined)
        return {
          root,
          during: async client => {
            await hasRequest(requests)
            await client.close()
          },
        }
      },
    },
  ],
}
