import { createServer } from 'node:http'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import type { UseCases } from '../src/http/app.js'
import { type Answer, errorOf, jsonOf, rowOf } from './making/answer.js'
import { audience, openIssuer } from './making/issuer.js'
import { bob, insider, nobody } from './making/places.js'
import { profilesPath, removePath, requestsPath, submit } from './making/requests.js'
import {
  badRequest,
  contentTypeMissing,
  contentTypeNotJson,
  denied,
  invalidGuid,
  noSegment,
  notFound,
  throttled,
  tokenEmpty,
  tokenExpired,
  tokenFailed,
  tokenNotYetValid,
  unavailable,
  unexpected,
  wrongAudience,
  wrongMethod,
} from './making/rows.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What every error has, whatever it says. */
const expectErrorForm = (answer: Answer): void => {
  const { innerError } = errorOf(answer)
  expect(answer.headers.get('Content-Type')).toBe('application/json')
  const { code, message } = errorOf(answer)
  expect(jsonOf(answer)).toEqual({ error: { code, message, innerError } })
  expect(answer.headers.get('request-id')).toMatch(guid)
  expect(innerError['request-id']).toBe(answer.headers.get('request-id'))
  expect(innerError['client-request-id']).toBe(answer.headers.get('client-request-id'))
  expect(innerError.date).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/)
  expect(answer.headers.get('Cache-Control')).toBe('no-cache')
  expect(answer.headers.get('Strict-Transport-Security')).toMatch(/^max-age=\d+/)
  expect(answer.headers.get('OData-Version')).toBeNull()
}

const challenge = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="${audience}"`

describe('a request without a good token', () => {
  test.each([
    ['no token', () => Promise.resolve(''), tokenEmpty],
    ['a wrong signature', () => issuer.tokenOf('adele', { key: issuer.rogueKey }), tokenFailed],
    ['an expired token', () => issuer.tokenOf('adele', { claims: { exp: 1_700_000_000 } }), tokenExpired],
    [
      'a token of tomorrow',
      () => issuer.tokenOf('adele', { claims: { nbf: 4_000_000_000 } }),
      tokenNotYetValid,
    ],
    ['a wrong audience', () => issuer.tokenOf('adele', { claims: { aud: 'another' } }), wrongAudience],
  ] as const)('%s is 401 with a challenge', async (_what, makeToken, row) => {
    const token = await makeToken()
    const answer = await openWorld(issuer).ask('POST', removePath(bob.userId), {
      headers: token === '' ? {} : { Authorization: `Bearer ${token}` },
    })
    expect(rowOf(answer)).toEqual(row)
    expect(answer.headers.get('WWW-Authenticate')).toBe(challenge)
    expectErrorForm(answer)
  })

  test.each(['not-a-jwt', 'a.b', 'a.b.c.d', 'a.b.c', 'ä.b.c'])('%s is no JWT', async token => {
    const answer = await openWorld(issuer).ask('POST', removePath(bob.userId), {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(errorOf(answer).message).toMatch(/^IDX14100: JWT is not well formed/)
    expect(rowOf(answer)).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken' })
    expect(answer.headers.get('WWW-Authenticate')).toBe(challenge)
    expectErrorForm(answer)
  })

  test('the challenge names what is configured', async () => {
    const { ask } = openWorld(issuer, {
      environment: { LETHE_AUTHORITY: 'https://login.example/contoso/', LETHE_CLIENT_ID: 'ours' },
    })
    expect((await ask('GET', requestsPath)).headers.get('WWW-Authenticate')).toBe(
      'Bearer realm="", authorization_uri="https://login.example/contoso/oauth2/authorize", client_id="ours"',
    )
  })
})

describe('a request that cannot be served', () => {
  const post = { method: 'POST', as: 'adele' } as const
  test.each([
    ['a permission is missing', { ...post, as: 'pradeep', path: removePath(bob.userId) }, denied],
    ['a personal account', { ...post, as: 'personal', path: removePath(bob.userId) }, denied],
    ['a profile that is not inbound', { ...post, path: removePath(insider.userId) }, denied],
    ['no GUID', { ...post, path: removePath('nope') }, invalidGuid('nope')],
    ['a long id', { ...post, path: removePath('x'.repeat(99)) }, invalidGuid('x'.repeat(64))],
    ['markup in the id', { ...post, path: removePath('%3Cb%3E%22') }, invalidGuid('<b>"')],
    ['no such profile', { ...post, path: removePath(nobody) }, notFound(nobody)],
    ['an unknown segment', { ...post, path: '/beta/groups' }, noSegment('groups')],
    ['a long segment', { ...post, path: `/beta/${'y'.repeat(99)}` }, noSegment('y'.repeat(64))],
    ['a wrong method', { ...post, method: 'PUT', path: removePath(bob.userId) }, wrongMethod],
    [
      'no Content-Type',
      { ...post, path: removePath(bob.userId), headers: { 'Content-Type': '' } },
      contentTypeMissing,
    ],
    [
      'another Content-Type',
      { ...post, path: removePath(bob.userId), headers: { 'Content-Type': 'text/xml' } },
      contentTypeNotJson,
    ],
    [
      'a body where none is taken',
      { ...post, path: removePath(bob.userId), body: { a: 1 } },
      badRequest('This action does not take a request body.'),
    ],
    [
      'broken JSON',
      { ...post, path: requestsPath, body: '{"userId"' },
      badRequest('The request body is not valid JSON.'),
    ],
    [
      'an unsupported query option',
      { method: 'GET', as: 'adele', path: `${profilesPath}?$orderby=userId` },
      badRequest("The query option '$orderby' is not supported."),
    ],
    [
      'a malformed query option',
      { method: 'GET', as: 'adele', path: `${profilesPath}?$top=many` },
      badRequest('The query option $top must be a whole number from 1 to 999.'),
    ],
    [
      'too large a body',
      { ...post, path: requestsPath, body: `"${'z'.repeat(1024 * 1024)}"` },
      { status: 413, code: 'BadRequest', message: 'The request body is larger than 1 MiB.' },
    ],
  ] as const)('%s', async (_what, { method, path, ...asking }, row) => {
    const answer = await openWorld(issuer).ask(method, path, asking)
    expect(rowOf(answer)).toEqual(row)
    expect(answer.headers.get('WWW-Authenticate')).toBeNull()
    expectErrorForm(answer)
  })

  test.each(['approve', 'deny', 'withdraw', 'retry', 'close'])('%s in another state is 409', async action => {
    const { ask, work } = openWorld(issuer)
    const path = await submit(ask)
    await ask('POST', `${path}/approve`, { as: 'megan' })
    await work()
    const answer = await ask('POST', `${path}/${action}`, {
      as: 'isaiah',
      ...(action === 'deny' || action === 'close' ? { body: { code: 'duplicate' } } : {}),
    })
    expect(rowOf(answer)).toMatchObject({ status: 409, code: 'Conflict' })
    expect(errorOf(answer).message).toContain("'completed'")
    expectErrorForm(answer)
  })

  test('the keys of the issuer cannot be had: 503', async () => {
    const gone = createServer()
    await new Promise<void>(resolve => {
      gone.listen(0, '127.0.0.1', resolve)
    })
    const address = gone.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await new Promise(resolve => {
      gone.close(resolve)
    })
    const template = `http://127.0.0.1:${port}/{tenantid}/v2.0`
    const { ask } = openWorld({ ...issuer, template })
    const token = await issuer.tokenOf('adele', {
      claims: { iss: template.replace('{tenantid}', '11111111-1111-4111-8111-111111111111') },
    })
    const answer = await ask('GET', requestsPath, { headers: { Authorization: `Bearer ${token}` } })
    expect(rowOf(answer)).toEqual(unavailable)
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1)
    expectErrorForm(answer)
  })
})

describe('keys of the issuer that were read once', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  test.each(['<html>', '{"keys":[]}', '{"keys":[{"kty":"EC"}]}', '[]'])(
    'serve on where it publishes %s in their place',
    async page => {
      vi.useFakeTimers({ toFake: ['Date'] })
      const own = await openIssuer()
      const { ask } = openWorld(own)
      const bearer = async (kid?: string) => {
        const token = await own.tokenOf('adele', kid === undefined ? {} : { header: { kid } })
        return { headers: { Authorization: `Bearer ${token}` } }
      }
      expect((await ask('GET', requestsPath, await bearer())).status).toBe(200)
      own.publish(page)
      vi.setSystemTime(Date.now() + 24 * 3_600_000)
      expect((await ask('GET', requestsPath, await bearer())).status).toBe(200)
      expect(rowOf(await ask('GET', requestsPath, await bearer('unknown')))).toEqual(unavailable)
      expect((await ask('GET', requestsPath, await bearer())).status).toBe(200)
      await own.close()
    },
  )
})

interface Case {
  readonly name: keyof UseCases
  readonly method: string
  readonly path: string
  readonly as: 'allPowerful'
  readonly body?: unknown
}

const byAlma = { as: 'allPowerful' } as const
const onRequest = `${requestsPath}/01930000-0000-7000-8000-000000000001`

/** A request for each use case. */
const cases: ReadonlyArray<Case> = [
  { name: 'listProfiles', method: 'GET', path: profilesPath, ...byAlma },
  { name: 'getProfile', method: 'GET', path: `${profilesPath}/${bob.userId}`, ...byAlma },
  { name: 'submitRemoval', method: 'POST', path: removePath(bob.userId), ...byAlma },
  { name: 'submitRemoval', method: 'POST', path: requestsPath, ...byAlma, body: { userId: bob.userId } },
  { name: 'listRemovalRequests', method: 'GET', path: requestsPath, ...byAlma },
  { name: 'getRemovalRequest', method: 'GET', path: onRequest, ...byAlma },
  { name: 'getHistory', method: 'GET', path: `${onRequest}/history`, ...byAlma },
  { name: 'approveRemoval', method: 'POST', path: `${onRequest}/approve`, ...byAlma },
  {
    name: 'denyRemoval',
    method: 'POST',
    path: `${onRequest}/deny`,
    ...byAlma,
    body: { code: 'duplicate' },
  },
  { name: 'withdrawRemoval', method: 'POST', path: `${onRequest}/withdraw`, ...byAlma },
  { name: 'retryRemoval', method: 'POST', path: `${onRequest}/retry`, ...byAlma },
  {
    name: 'closeRemoval',
    method: 'POST',
    path: `${onRequest}/close`,
    ...byAlma,
    body: { code: 'duplicate' },
  },
]

const secret = 'bob@fabrikam.example at table 7'

/** A message may look like a line of a stack trace. */
const bug = (): never => {
  throw new Error(`Cannot read ${secret}\n    at ${secret} (secrets.ts:1:1)`)
}

describe.each(cases)('$name behind $method $path', ({ name, method, path, ...asking }) => {
  const withUseCase = (useCase: () => TE.TaskEither<never, never>) =>
    openWorld(issuer, { useCases: { [name]: useCase } })

  test('throttled is 429 with Retry-After', async () => {
    const { ask } = openWorld(issuer, {
      useCases: { [name]: () => TE.left({ _tag: 'Throttled', retryAfterSeconds: 16.2 }) },
    })
    const answer = await ask(method, path, asking)
    expect(rowOf(answer)).toEqual(throttled)
    expect(answer.headers.get('Retry-After')).toBe('17')
    expectErrorForm(answer)
  })

  test('unavailable is 503 with Retry-After', async () => {
    const { ask } = openWorld(issuer, {
      useCases: { [name]: () => TE.left({ _tag: 'Unavailable', retryAfterSeconds: 0 }) },
    })
    const answer = await ask(method, path, asking)
    expect(rowOf(answer)).toEqual(unavailable)
    expect(answer.headers.get('Retry-After')).toBe('1')
    expectErrorForm(answer)
  })

  test.each([
    ['thrown at once', bug],
    ['thrown later', () => () => Promise.resolve().then(bug)],
  ] as const)('an exception is 500 and leaks nothing: %s', async (_when, useCase) => {
    const { ask, logged } = withUseCase(useCase)
    const answer = await ask(method, path, asking)
    expect(rowOf(answer)).toEqual(unexpected)
    expectErrorForm(answer)
    expect(answer.text).not.toContain('fabrikam')
    expect(logged.join('')).toContain('unexpected error')
    expect(logged.join('')).not.toContain('fabrikam')
    expect(logged.join('')).toContain(answer.headers.get('request-id'))
  })
})

describe('ids of a request', () => {
  test.each(['0f1e2d3c-4b5a-4968-8776-655443322110', '0F1E2D3C-4B5A-4968-8776-655443322110'])(
    'the client-request-id %s is echoed',
    async sent => {
      const { ask } = openWorld(issuer)
      for (const as of ['adele', 'roleOnly'] as const) {
        const answer = await ask('GET', requestsPath, { as, headers: { 'client-request-id': sent } })
        expect(answer.headers.get('client-request-id')).toBe(sent)
        expect(answer.headers.get('request-id')).not.toBe(sent)
      }
    },
  )

  test.each(['bob@fabrikam.example', '{0f1e2d3c-4b5a-4968-8776-655443322110}', '<script>'])(
    'the client-request-id %s is not',
    async sent => {
      const answer = await openWorld(issuer).ask('GET', '/beta/x', { headers: { 'client-request-id': sent } })
      expect(answer.headers.get('client-request-id')).toBe(answer.headers.get('request-id'))
      expect(answer.text).not.toContain(sent)
    },
  )

  test('the request-id is new each time, whatever the client says', async () => {
    const { ask } = openWorld(issuer)
    const headers = { 'request-id': '0f1e2d3c-4b5a-4968-8776-655443322110' }
    const first = await ask('GET', requestsPath, { as: 'adele', headers })
    const second = await ask('GET', requestsPath, { as: 'adele', headers })
    expect(first.headers.get('request-id')).toMatch(guid)
    expect(new Set([first, second].map(answer => answer.headers.get('request-id'))).size).toBe(2)
    expect(first.headers.get('request-id')).not.toBe(headers['request-id'])
  })
})

describe('response headers of what succeeds', () => {
  test.each([
    ['GET', profilesPath],
    ['GET', `${profilesPath}/${bob.userId}`],
    ['GET', requestsPath],
    ['GET', '/lethe/v1/me'],
    ['GET', '/healthz/live'],
  ])('%s %s', async (method, path) => {
    const answer = await openWorld(issuer).ask(method, path, { as: 'adele' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('OData-Version')).toBe('4.0')
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/)
    expect(answer.headers.get('request-id')).toMatch(guid)
    expect(answer.headers.get('client-request-id')).toBe(answer.headers.get('request-id'))
    expect(answer.headers.get('Cache-Control')).toBe('no-cache')
    expect(answer.headers.get('Strict-Transport-Security')).toMatch(/^max-age=\d+/)
  })

  test('a 204', async () => {
    const answer = await openWorld(issuer).ask('POST', removePath(bob.userId), { as: 'adele' })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('OData-Version')).toBeNull()
    expect(answer.headers.get('Cache-Control')).toBe('no-cache')
    expect(answer.headers.get('request-id')).toMatch(guid)
  })
})

test.each([
  ['OPTIONS', profilesPath, 405],
  ['OPTIONS', removePath(bob.userId), 405],
  ['OPTIONS', requestsPath, 405],
  ['OPTIONS', '/beta/$batch', 405],
  ['OPTIONS', '/nowhere', 400],
  ['GET', profilesPath, 200],
  ['GET', '/healthz/live', 200],
])('a page of another origin is told nothing: %s %s', async (method, path, status) => {
  const answer = await openWorld(issuer).ask(method, path, {
    as: 'adele',
    headers: {
      Origin: 'https://elsewhere.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization, content-type',
    },
  })
  expect(answer.status).toBe(status)
  expect([...answer.headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([])
})

describe('probes', () => {
  test('need no token, and say whether requests are taken', async () => {
    const ready = openWorld(issuer)
    expect(jsonOf(await ready.ask('GET', '/healthz/live'))).toEqual({ status: 'live' })
    expect(jsonOf(await ready.ask('GET', '/healthz/ready'))).toEqual({ status: 'ready' })
    const stopping = openWorld(issuer, { notReady: async () => 'stopping' })
    const answer = await stopping.ask('GET', '/healthz/ready')
    expect([answer.status, jsonOf(answer)]).toEqual([503, { status: 'notReady', reason: 'stopping' }])
    expect(answer.headers.get('Retry-After')).toBe('1')
    expect((await stopping.ask('GET', '/healthz/live')).status).toBe(200)
  })

  test('say how calls to Graph fare; a Graph that fails does not make the process unready', async () => {
    const graph = { closed: 1, open: 1, halfOpen: 0, blockedBy: { credential: 1, permission: 0 } }
    const answer = await openWorld(issuer, { graph: async () => graph }).ask('GET', '/healthz/ready')
    expect([answer.status, jsonOf(answer)]).toEqual([200, { status: 'ready', graph }])
  })
})
