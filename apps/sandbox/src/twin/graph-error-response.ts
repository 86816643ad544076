import { randomUUID } from 'node:crypto'
import { instantFromMilliseconds } from '@lethe/domain'
import { errorBody, type GraphErrorRow } from '@lethe/graph-contract'

/** An error as Graph answers it, made before or after anything was done. */
export const graphErrorResponse = (
  row: GraphErrorRow,
  headers: Readonly<Record<string, string>> = {},
): Response => {
  const requestId = randomUUID()
  const body = errorBody(row, {
    at: instantFromMilliseconds(Date.now()),
    requestId,
    clientRequestId: requestId,
  })
  return new Response(JSON.stringify(body), {
    status: row.status,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-cache',
      'request-id': requestId,
      'client-request-id': requestId,
      ...headers,
    },
  })
}
