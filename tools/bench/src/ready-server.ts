import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** A server that answers submissions at once, as Lethe's API writes them, and does nothing. In a process of its own. */
const Batch = t.strict({
  requests: t.readonlyArray(t.type({ id: t.string, body: t.type({ userId: t.string, batchId: t.string }) })),
})

const tenantId = randomUUID()
const actor = { userId: randomUUID(), appId: randomUUID() }
const identity = JSON.stringify({
  kind: 'workAccount',
  tenantId,
  ...actor,
  guest: false,
  contract: 'seed',
  operations: ['submit'],
})
const tail = JSON.stringify({
  resourceTenantId: tenantId,
  state: 'pendingApproval',
  submittedDateTime: '2026-11-23T09:00:00Z',
  submittedBy: actor,
  receivedDateTime: '2026-11-23T09:00:00Z',
  dueDateTime: '2026-12-23T23:59:59Z',
  expiryDateTime: null,
  approvalsRequired: 1,
  approvals: [],
  denial: null,
  withdrawal: null,
  failure: null,
  holders: [
    { name: 'graph', state: 'pending', attempts: 0, blockedBy: null, detail: null, holderRequestId: null },
  ],
  outcome: null,
  completedDateTime: null,
}).slice(1)

let last = 0
const answered = (body: string): string => {
  const batch = Batch.decode(JSON.parse(body))
  if (E.isLeft(batch)) return '{"responses":[]}'
  const responses = batch.right.requests.map(({ id, body: { userId, batchId } }) => {
    last += 1
    const requestId = `0199a0b0-0000-7000-8000-${String(last).padStart(12, '0')}`
    const request = `{"id":"${requestId}","userId":"${userId}","batchId":"${batchId}",${tail}`
    return `{"id":"${id}","status":201,"headers":{"content-type":"application/json"},"body":${request}}`
  })
  return `{"responses":[${responses.join()}]}`
}

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json')
    response.end(request.method === 'POST' ? answered(Buffer.concat(chunks).toString('utf8')) : identity)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 })
})
process.on('disconnect', () => {
  server.closeAllConnections()
  server.close()
})
