import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  Closing,
  Denial,
  HistoryResource,
  IdentityResource,
  NewRemovalRequest,
  RemovalRequestResource,
} from '@lethe/api-contract'
import { isOpen, RemovalState } from '@lethe/domain'
import { graphErrors, type ProfileResource, writeProfile } from '@lethe/graph-contract'
import * as t from 'io-ts'
import { type Answer, errorAnswer, type Received, serverRequestId } from './answers.js'
import { decoded } from './decoded.js'
import { listProfiles, listRequests } from './fake-lists.js'
import {
  abandonment,
  history,
  identity,
  nobodyId,
  profile,
  removalRequest,
  requestId,
  token,
} from './samples.js'

/** What the fake API holds and does; tests change it. */
export interface FakeApi {
  readonly url: string
  readonly received: Array<Received>
  profiles: ReadonlyArray<ProfileResource>
  requests: ReadonlyArray<RemovalRequestResource>
  /** How many profiles or requests are on a page where nobody says. */
  pageSize: number
  history: HistoryResource
  /** Answers, while it gives one, in place of the API. */
  instead: (request: Received) => Answer | null | Promise<Answer | null>
  /** Called before each read of a request: makes time go by. */
  beforeRead: (request: RemovalRequestResource) => RemovalRequestResource
  readonly close: () => Promise<void>
  /** After it was closed: at the same address, with what it held. */
  readonly reopen: () => Promise<void>
}

/** Serves, on loopback, what Lethe's API serves, as far as the CLI uses it. */
export const startFakeApi = async (): Promise<FakeApi> => {
  const server = createServer((request, response) => {
    void serve(api, request, response)
  })
  const listen = (port: number) =>
    new Promise<void>(resolve => {
      server.listen(port, '127.0.0.1', resolve)
    })
  await listen(0)
  const { port } = decoded(t.type({ port: t.number }), server.address())
  const api: FakeApi = {
    url: `http://127.0.0.1:${port}`,
    received: [],
    profiles: [profile()],
    requests: [removalRequest()],
    pageSize: 2,
    history: history(),
    instead: () => null,
    beforeRead: request => request,
    close: () =>
      new Promise<void>(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
    reopen: () => listen(port),
  }
  return api
}

const serve = async (api: FakeApi, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const received = await readAll(request)
  api.received.push(received)
  send(response, (await api.instead(received)) ?? answer(api, received))
}

const readAll = async (request: IncomingMessage): Promise<Received> => {
  const chunks: Array<string> = []
  request.setEncoding('utf8')
  for await (const chunk of request) chunks.push(String(chunk))
  const url = new URL(request.url ?? '/', 'http://localhost')
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    rawQuery: url.search,
    headers: request.headers,
    body: chunks.join(''),
  }
}

const send = (response: ServerResponse, { status, headers, body }: Answer): void => {
  response.writeHead(status, {
    'request-id': serverRequestId,
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...headers,
  })
  response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body))
}

const answer = (api: FakeApi, request: Received): Answer => {
  if (request.path === '/healthz/live') return { status: 200, headers: dated, body: { status: 'live' } }
  if (request.path === '/healthz/ready') return { status: 200, headers: dated, body: { status: 'ready' } }
  if (request.headers.authorization !== `Bearer ${token}`) return errorAnswer(graphErrors.tokenInvalid)
  const key = `${request.method} ${request.path.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '*')}`
  const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(request.path)?.[0] ?? ''
  switch (key) {
    case 'GET /lethe/v1/me':
      return { status: 200, body: IdentityResource.encode(identity()) }
    case 'GET /lethe/v1/status':
      return {
        status: 200,
        body: {
          overdue: 2,
          unreadable: 0,
          queue: { waiting: 3, longestWaitSeconds: 40, held: 1 },
          worker: { unseenSeconds: 2 },
          graph: { state: 'open', sinceDateTime: '2026-11-23T09:00:00Z', blockedBy: null },
        },
      }
    case 'GET /beta/directory/inboundSharedUserProfiles':
      return listProfiles(api, request)
    case 'GET /beta/directory/inboundSharedUserProfiles/*':
      return found(
        api.profiles.find(({ userId }) => userId === id),
        id,
        one => writeProfile({ root: `${api.url}/beta`, select: [], profile: one }),
      )
    case 'GET /lethe/v1/removalRequests':
      return listRequests(api, request)
    case 'POST /lethe/v1/removalRequests':
      return submit(api, request)
    case 'GET /lethe/v1/removalRequests/*':
      api.requests = api.requests.map(one => (one.id === id ? api.beforeRead(one) : one))
      return found(withId(api, id), id, RemovalRequestResource.encode)
    case 'GET /lethe/v1/removalRequests/*/history':
      return found(withId(api, id), id, () => HistoryResource.encode(api.history))
    case 'POST /lethe/v1/removalRequests/*/approve':
      return change(api, id, { state: 'approved' })
    case 'POST /lethe/v1/removalRequests/*/deny':
      return deny(api, id, request)
    case 'POST /lethe/v1/removalRequests/*/withdraw':
      return change(api, id, {
        state: 'withdrawn',
        withdrawal: { by: null, withdrawnDateTime: '2026-11-25T09:00:00Z' },
      })
    case 'POST /lethe/v1/removalRequests/*/retry':
      return change(api, id, { state: 'removing' })
    case 'POST /lethe/v1/removalRequests/*/close':
      return close(api, id, request)
  }
  return errorAnswer(graphErrors.segmentNotFound('x'))
}

/** What time it is in the world of the tests. */
const dated = { date: 'Mon, 23 Nov 2026 10:00:00 GMT' }

const withId = (api: FakeApi, id: string) => api.requests.find(request => request.id === id)

const found = <A>(value: A | undefined, id: string, body: (value: A) => unknown): Answer =>
  value === undefined ? errorAnswer(graphErrors.resourceNotFound(id)) : { status: 200, body: body(value) }

const parsed = (text: string): unknown => JSON.parse(text)

const submit = (api: FakeApi, { body, headers }: Received): Answer => {
  if (headers['content-type'] !== 'application/json') return errorAnswer(graphErrors.contentTypeNotJson)
  const input = decoded(NewRemovalRequest, parsed(body))
  if (input.userId === nobodyId) return errorAnswer(graphErrors.resourceNotFound(nobodyId))
  const open = api.requests.find(
    ({ userId, state }) => userId === input.userId && RemovalState.is(state) && isOpen(state),
  )
  if (open !== undefined) return { status: 200, body: RemovalRequestResource.encode(open) }
  const made = removalRequest({
    id: requestId(api.requests.length + 1),
    userId: input.userId,
    approvals: [],
    ...(input.receivedDateTime === undefined ? {} : { receivedDateTime: input.receivedDateTime }),
  })
  api.requests = [...api.requests, made]
  return { status: 201, body: RemovalRequestResource.encode(made) }
}

const deny = (api: FakeApi, id: string, { body }: Received): Answer => {
  const { code, note } = decoded(Denial, parsed(body))
  return change(api, id, {
    state: 'denied',
    denial: { code, note: note ?? null, by: null, deniedDateTime: '2026-11-25T09:00:00Z' },
  })
}

const close = (api: FakeApi, id: string, { body }: Received): Answer => {
  const { code, note } = decoded(Closing, parsed(body))
  return change(api, id, { state: 'abandoned', abandonment: { ...abandonment, code, note: note ?? null } })
}

const change = (api: FakeApi, id: string, over: object): Answer => {
  api.requests = api.requests.map(one =>
    one.id === id ? decoded(RemovalRequestResource, { ...one, ...over }) : one,
  )
  return found(withId(api, id), id, RemovalRequestResource.encode)
}
