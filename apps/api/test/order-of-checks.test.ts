import { afterAll, describe, expect, test } from 'vitest'
import { errorOf } from './making/answer.js'
import { openIssuer } from './making/issuer.js'
import { bob } from './making/places.js'
import { profilesPath, requestsPath } from './making/requests.js'
import { openWorld } from './making/world.js'

const issuer = await openIssuer()
afterAll(issuer.close)

/** The stages of a request, in their order, with the answer that gives each away. */
const stages = {
  method: /^405 Request_BadRequest /,
  authentication: /^401 InvalidAuthenticationToken /,
  permission: /^403 Authorization_RequestDenied /,
  content: /^400 BadRequest Entity only allows writes/,
  body: /^400 BadRequest (?:The request body|This action does not take|Malformed body)/,
  id: /^400 InvalidInput /,
  query: /^400 BadRequest .*query option/,
  existence: /^404 Request_ResourceNotFound /,
}
type Stage = keyof typeof stages
const order = Object.keys(stages).filter((name): name is Stage => name in stages)

interface Route {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly path: (key: string) => string
  /** A body that would be taken; undefined where none is. */
  readonly body?: unknown
  /** The stages that can fail here. */
  readonly can: ReadonlyArray<Stage>
  /** A method that the path does not have. */
  readonly otherMethod?: string
}

const keyed = ['method', 'authentication', 'permission', 'id', 'query', 'existence'] as const
const keyedWrite = [
  'method',
  'authentication',
  'permission',
  'content',
  'body',
  'id',
  'query',
  'existence',
] as const

const removal = (name: string, path: (key: string) => string): Route => ({
  name,
  method: 'POST',
  path,
  can: keyedWrite,
})
const action = (name: string, body?: unknown): Route => ({
  name,
  method: 'POST',
  path: key => `${requestsPath}/${key}/${name}`,
  body,
  can: keyedWrite,
})

const routes: ReadonlyArray<Route> = [
  {
    name: 'list profiles',
    method: 'GET',
    path: () => profilesPath,
    can: ['method', 'authentication', 'permission', 'query'],
  },
  { name: 'get profile', method: 'GET', path: key => `${profilesPath}/${key}`, can: keyed },
  { name: 'get profile (OData key)', method: 'GET', path: key => `${profilesPath}('${key}')`, can: keyed },
  removal('remove', key => `${profilesPath}/${key}/removePersonalData`),
  removal('remove (qualified)', key => `${profilesPath}/${key}/microsoft.graph.removePersonalData`),
  removal('remove (OData key)', key => `${profilesPath}('${key}')/removePersonalData`),
  removal(
    'remove (OData key, qualified)',
    key => `${profilesPath}('${key}')/microsoft.graph.removePersonalData`,
  ),
  {
    name: 'identity',
    method: 'GET',
    path: () => '/lethe/v1/me',
    can: ['method', 'authentication', 'query'],
  },
  {
    name: 'list requests',
    method: 'GET',
    path: () => requestsPath,
    can: ['method', 'authentication', 'permission', 'query'],
    otherMethod: 'PUT',
  },
  {
    name: 'new request',
    method: 'POST',
    path: () => requestsPath,
    body: { userId: bob.userId },
    can: ['method', 'authentication', 'permission', 'content', 'body', 'query'],
    otherMethod: 'PUT',
  },
  { name: 'get request', method: 'GET', path: key => `${requestsPath}/${key}`, can: keyed },
  { name: 'history', method: 'GET', path: key => `${requestsPath}/${key}/history`, can: keyed },
  action('approve'),
  action('deny', { code: 'legalClaims' }),
  action('withdraw'),
  action('retry'),
  action('close', { code: 'duplicate' }),
  {
    name: 'list batches',
    method: 'GET',
    path: () => '/lethe/v1/batches',
    can: ['method', 'authentication', 'permission', 'query'],
  },
  { name: 'get batch', method: 'GET', path: key => `/lethe/v1/batches/${key}`, can: keyed },
  ...(['approve', 'deny'] as const).map((name): Route => ({
    name: `${name} batch`,
    method: 'POST',
    path: key => `/lethe/v1/batches/${key}/${name}`,
    body: { digest: '0'.repeat(64), ...(name === 'deny' ? { code: 'legalClaims' } : {}) },
    can: keyedWrite,
  })),
  {
    name: 'batch',
    method: 'POST',
    path: () => '/beta/$batch',
    body: { requests: [{ id: '1', method: 'GET', url: '/x' }] },
    can: ['method', 'authentication', 'content', 'body', 'query'],
  },
]

const unknownKey = '01930000-0000-7000-8000-00000000ffff'

/** Asks with these stages broken; an unknown id is what is asked for wherever the id is well formed. */
const askBroken = async (route: Route, broken: ReadonlySet<Stage>): Promise<string> => {
  const { ask } = openWorld(issuer)
  const key = broken.has('id') ? 'no-guid' : unknownKey
  const method = broken.has('method') ? (route.otherMethod ?? 'DELETE') : route.method
  const contentType = broken.has('content') ? 'text/plain' : 'application/json'
  const body = broken.has('body') || broken.has('content') ? '{"unknown":' : route.body
  const answer = await ask(method, `${route.path(key)}${broken.has('query') ? '?$orderby=x' : ''}`, {
    ...(broken.has('authentication') ? {} : { as: broken.has('permission') ? 'roleOnly' : 'allPowerful' }),
    headers: route.method === 'POST' ? { 'Content-Type': contentType } : {},
    ...(route.method === 'GET' || body === undefined ? {} : { body }),
  })
  const { code, message } = errorOf(answer)
  return `${answer.status} ${code} ${message}`
}

const pairs = routes.flatMap(route => {
  const can = order.filter(stage => route.can.includes(stage))
  return can.map((stage, index) => ({
    route,
    name: route.name,
    stage,
    next: can[index + 1] ?? null,
    later: can.slice(index + 1),
  }))
})

describe('the first check that fails answers', () => {
  test.each(pairs)('$name: $stage before $next', async ({ route, stage, next }) => {
    const broken = new Set(next === null ? [stage] : [stage, next])
    expect(await askBroken(route, broken)).toMatch(stages[stage])
  })

  test.each(pairs)('$name: $stage before all that comes after', async ({ route, stage, later }) => {
    expect(await askBroken(route, new Set([stage, ...later]))).toMatch(stages[stage])
  })
})

describe('what comes last', () => {
  test('of a new request: its query, then the existence of the profile, then whether it is inbound', async () => {
    const { ask } = openWorld(issuer)
    const unknown = { as: 'adele', body: { userId: unknownKey } } as const
    expect((await ask('POST', `${requestsPath}?x=1`, unknown)).status).toBe(400)
    expect((await ask('POST', requestsPath, unknown)).status).toBe(404)
  })

  test.each(['deny', 'close'])('of %s: the note before the existence', async action => {
    const { ask } = openWorld(issuer)
    const answer = await ask('POST', `${requestsPath}/${unknownKey}/${action}`, {
      as: 'megan',
      body: { code: 'other' },
    })
    expect(answer.status).toBe(400)
  })

  test('a route that is not there answers strangers too', async () => {
    const { ask } = openWorld(issuer)
    expect((await ask('GET', '/beta/users')).status).toBe(400)
    expect((await ask('GET', '/lethe/v2/removalRequests')).status).toBe(400)
    expect((await ask('DELETE', requestsPath)).status).toBe(405)
  })

  test('a stranger with too large a body is a stranger first', async () => {
    const { ask } = openWorld(issuer)
    const body = 'x'.repeat(1024 * 1024 + 1)
    expect((await ask('POST', requestsPath, { body })).status).toBe(401)
    expect((await ask('POST', requestsPath, { body, as: 'pradeep' })).status).toBe(403)
    expect((await ask('POST', requestsPath, { body, as: 'adele' })).status).toBe(413)
    expect((await ask('POST', '/beta/$batch', { body })).status).toBe(401)
    expect((await ask('POST', '/beta/$batch', { body, as: 'adele' })).status).toBe(413)
  })
})
