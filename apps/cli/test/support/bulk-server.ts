import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { BatchApproval, BatchContinuation, BatchDenial, NewRemovalRequest } from '@lethe/api-contract'
import { BatchRequest, type GraphErrorRow, graphErrors } from '@lethe/graph-contract'
import * as t from 'io-ts'
import { type Answer, errorAnswer } from './answers.js'
import { decoded } from './decoded.js'
import { identity, profile, removalRequest, requestId, tenantId } from './samples.js'

interface Kept {
  readonly id: string
  readonly userId: string
  readonly batchId: string | null
  /** Every batch that it is a part of. */
  readonly batchIds: Array<string>
  state: string
}

/** What a run of many ids works against, as Lethe's API serves it. */
export interface BulkServer {
  readonly url: string
  /** Requests in the order in which they were made. */
  readonly kept: ReadonlyArray<Kept>
  /** How many submissions came, repeats included. */
  submissions: number
  /** What the last submission said of its receipt. */
  receipt: Pick<NewRemovalRequest, 'receivedDateTime' | 'receivedConfirmed'>
  /** How many batches of requests came. */
  batches: number
  /** Whose profile is there; everybody's where it is null. */
  present: ReadonlySet<string> | null
  /** Whose profile is of the tenant itself. */
  readonly own: Set<string>
  /** Ids by user principal name, in lower case. */
  readonly names: Map<string, string>
  /** Whether a name is only on the second page, as of a Graph that knows no filter. */
  namesOnSecondPage: boolean
  /** Answers, while it gives one, in place of looking up a name. */
  nameInstead: (name: string) => Answer | null
  /** Answers, while it gives one, in place of a submission. */
  itemInstead: (userId: string) => Answer | null
  /** Answers a whole batch of requests, while it gives one; `lost` does the work and closes the connection. */
  batchInstead: () => Answer | 'lost' | null
  /** How many requests one decision decides at most. */
  decidesAtOnce: number
  operations: ReadonlyArray<string>
  /** Batches that were decided. */
  readonly closed: Set<string>
  /** Batches that somebody else made. */
  readonly others: Set<string>
  readonly add: (userId: string, batchId: string | null) => Kept
  readonly close: () => Promise<void>
}

export const startBulkServer = async (): Promise<BulkServer> => {
  const kept: Array<Kept> = []
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Array<string> = []
      request.setEncoding('utf8')
      for await (const chunk of request) chunks.push(String(chunk))
      const url = new URL(request.url ?? '/', 'http://localhost')
      const { status, headers, body } = answer(bulk, request.method ?? '', url, chunks.join(''))
      if (status === 0) {
        request.socket.destroy()
        return
      }
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    })()
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = decoded(t.type({ port: t.number }), server.address())
  const bulk: BulkServer = {
    url: `http://127.0.0.1:${port}`,
    kept,
    submissions: 0,
    receipt: {},
    batches: 0,
    present: null,
    own: new Set(),
    closed: new Set(),
    others: new Set(),
    names: new Map(),
    namesOnSecondPage: false,
    nameInstead: () => null,
    itemInstead: () => null,
    batchInstead: () => null,
    decidesAtOnce: 2,
    operations: ['submit', 'approve'],
    add: (userId, batchId) => {
      const added = {
        id: requestId(kept.length + 1),
        userId,
        batchId,
        batchIds: batchId === null ? [] : [batchId],
        state: 'pendingApproval',
      }
      kept.push(added)
      return added
    },
    close: () =>
      new Promise<void>(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return bulk
}

const ok = (body: unknown, status = 200): Answer => ({ status, body })

const answer = (bulk: BulkServer, method: string, url: URL, body: string): Answer => {
  const [, , , , id = '', action] = url.pathname.split('/')
  if (url.pathname === '/lethe/v1/me') return ok({ ...identity(), operations: bulk.operations })
  if (url.pathname.endsWith('/$batch')) {
    bulk.batches += 1
    const instead = bulk.batchInstead()
    if (instead !== null && instead !== 'lost') return instead
    const { requests } = decoded(BatchRequest, JSON.parse(body))
    const responses = requests.map(item => ({
      id: item.id,
      ...itemAnswer(bulk, item.method, new URL(item.url, 'http://localhost'), item.body),
    }))
    return instead === 'lost' ? { status: 0 } : ok({ responses: responses.toReversed() })
  }
  if (url.pathname === '/lethe/v1/batches') return ok(listOf(bulk, url))
  if (url.pathname.startsWith('/lethe/v1/batches/') && membersOf(bulk, id).length === 0)
    return errorAnswer(graphErrors.resourceNotFound(id))
  if (url.pathname.startsWith('/lethe/v1/batches/'))
    return method === 'GET' ? ok(batchOf(bulk, id)) : decide(bulk, id, action ?? '', JSON.parse(body))
  return errorAnswer(graphErrors.segmentNotFound('x'))
}

const itemAnswer = (bulk: BulkServer, method: string, url: URL, body: unknown): Answer => {
  if (method === 'POST') {
    bulk.submissions += 1
    const { userId, batchId, ...receipt } = decoded(NewRemovalRequest, body)
    bulk.receipt = receipt
    return bulk.itemInstead(userId) ?? submit(bulk, userId, batchId ?? null)
  }
  if (url.pathname === '/removalRequests') {
    const open = bulk.kept.filter(one => one.userId === url.searchParams.get('userId') && isOpen(one))
    return ok({ value: open.map(resourceOf) })
  }
  const filter = url.searchParams.get('$filter')
  if (filter !== null) {
    const name = /^userPrincipalName eq '(.*)'$/.exec(filter)?.[1]?.replaceAll("''", "'") ?? ''
    const instead = bulk.nameInstead(name)
    if (instead !== null) return instead
    if (bulk.namesOnSecondPage && url.searchParams.get('$skiptoken') === null)
      return ok({
        value: [profile()],
        '@odata.nextLink': `https://lethe.example/beta${url.pathname}${url.search}&$skiptoken=2`,
      })
    const userId = bulk.names.get(name.toLowerCase())
    return ok({ value: userId === undefined ? [] : [profile({ userId, userPrincipalName: name })] })
  }
  const userId = url.pathname.split('/').at(-1) ?? ''
  if (!isPresent(bulk, userId)) return errorAnswer(graphErrors.resourceNotFound(userId))
  return ok(profile({ userId, ...(bulk.own.has(userId) ? { homeTenantId: tenantId } : {}) }))
}

const isPresent = ({ present }: BulkServer, userId: string): boolean => present?.has(userId) ?? true
const isOpen = ({ state }: Kept): boolean => state === 'pendingApproval'

const submit = (bulk: BulkServer, userId: string, batchId: string | null): Answer => {
  const theirs = bulk.kept.filter(one => one.userId === userId)
  const inBatch = theirs.find(one => batchId !== null && one.batchIds.includes(batchId))
  if (inBatch !== undefined) return ok(resourceOf(inBatch))
  const open = theirs.find(isOpen)
  if (batchId !== null && (open !== undefined || isThere(bulk, userId))) {
    if (bulk.others.has(batchId)) return refused(graphErrors.requestDenied, 'notBatchMaker')
    if (bulk.closed.has(batchId))
      return refused(graphErrors.conflict('The batch was decided.'), 'batchClosed')
  }
  if (open !== undefined) {
    if (batchId !== null) open.batchIds.push(batchId)
    return ok(resourceOf(open))
  }
  if (!isPresent(bulk, userId)) return errorAnswer(graphErrors.resourceNotFound(userId))
  if (bulk.own.has(userId)) return refused(graphErrors.requestDenied, 'notInbound')
  return ok(resourceOf(bulk.add(userId, batchId)), 201)
}

const refused = (row: GraphErrorRow, reason: string): Answer =>
  errorAnswer(row, {}, { reason, missing: null })

const isThere = (bulk: BulkServer, userId: string): boolean =>
  isPresent(bulk, userId) && !bulk.own.has(userId)

const resourceOf = ({ id, userId, batchId, batchIds, state }: Kept) =>
  removalRequest({ id, userId, batchId, batchIds, state })

const membersOf = (bulk: BulkServer, id: string): ReadonlyArray<Kept> =>
  bulk.kept.filter(({ batchIds }) => batchIds.includes(id))

const batchOf = (bulk: BulkServer, id: string) => {
  const members = membersOf(bulk, id)
  const states = Map.groupBy(members, ({ state }) => state)
  return {
    id,
    madeBy: bulk.others.has(id) ? null : identity(),
    submittedDateTime: '2026-11-23T09:00:00Z',
    closedDateTime: bulk.closed.has(id) ? '2026-11-24T09:00:00Z' : null,
    count: members.length,
    digest: digestOf(members),
    states: [...states].map(([state, those]) => ({ state, count: those.length })),
    homeTenants: [{ tenantId: '486fb458-9474-4c44-896b-b30942d055f0', count: members.length }],
    homeTenantCount: 1,
    dueDateTime: '2026-12-23T23:59:59Z',
    sample: members.slice(0, 10).map(resourceOf),
  }
}

/** Two to a page, the newest first. */
const listOf = (bulk: BulkServer, url: URL) => {
  const ids = [...new Set(bulk.kept.flatMap(({ batchIds }) => batchIds))].toReversed()
  const states = url.searchParams.get('state')?.split(',') ?? null
  const found = ids.filter(
    id => states === null || membersOf(bulk, id).some(({ state }) => states.includes(state)),
  )
  const from = Number(url.searchParams.get('$skiptoken') ?? 0)
  const size = Math.min(2, Number(url.searchParams.get('$top') ?? 2))
  const next = new URL(url)
  next.searchParams.set('$skiptoken', String(from + size))
  return {
    value: found.slice(from, from + size).map(id => {
      const batch = batchOf(bulk, id)
      return {
        id,
        count: batch.count,
        states: batch.states,
        submittedDateTime: batch.submittedDateTime,
        closedDateTime: batch.closedDateTime,
        dueDateTime: batch.dueDateTime,
      }
    }),
    ...(found.length > from + size ? { '@odata.nextLink': `${bulk.url}${next.pathname}${next.search}` } : {}),
  }
}

const digestOf = (members: ReadonlyArray<Kept>): string =>
  createHash('sha256')
    .update(members.map(({ id }) => `${id}\n`).join(''))
    .digest('hex')

const decide = (bulk: BulkServer, id: string, action: string, body: unknown): Answer => {
  if (action === 'withdraw' || action === 'retry') {
    const { after } = decoded(BatchContinuation, body)
    return action === 'retry'
      ? actOn(bulk, id, ['failed'], 'removing', after)
      : actOn(bulk, id, ['pendingApproval', 'approved', 'failed'], 'withdrawn', after)
  }
  const { digest, after } = action === 'approve' ? decoded(BatchApproval, body) : decoded(BatchDenial, body)
  const members = membersOf(bulk, id)
  const became = action === 'approve' ? 'approved' : 'denied'
  if (digest !== digestOf(members)) return errorAnswer(graphErrors.conflict('The batch has changed.'))
  if (!members.some(isOpen) && !members.some(({ state }) => state === became))
    return errorAnswer(graphErrors.conflict('Nothing in the batch waits for approval.'))
  bulk.closed.add(id)
  return actOn(bulk, id, ['pendingApproval'], became, after)
}

const actOn = (
  bulk: BulkServer,
  id: string,
  states: ReadonlyArray<string>,
  became: string,
  after: string | null = null,
): Answer => {
  const next = membersOf(bulk, id)
    .filter(one => states.includes(one.state) && (after === null || one.id > after))
    .slice(0, bulk.decidesAtOnce)
  for (const one of next) one.state = became
  return ok({
    id,
    decided: next.length,
    refused: [],
    next: next.length === bulk.decidesAtOnce ? (next.at(-1)?.id ?? null) : null,
  })
}
