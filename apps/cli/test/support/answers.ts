import type { IncomingMessage } from 'node:http'
import { Instant } from '@lethe/domain'
import { errorBody, type ErrorReason, type GraphErrorRow } from '@lethe/graph-contract'
import { decoded } from './decoded.js'

/** A request as it came. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly rawQuery: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An answer as it goes out. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export const serverRequestId = 'aaaaaaaa-0000-4000-8000-00000000000f'

export const errorAnswer = (
  row: GraphErrorRow,
  headers: Readonly<Record<string, string>> = {},
  why: ErrorReason | null = null,
): Answer => ({
  status: row.status,
  headers,
  body: errorBody(
    row,
    {
      at: decoded(Instant, '2026-11-23T10:00:00Z'),
      requestId: serverRequestId,
      clientRequestId: serverRequestId,
    },
    why,
  ),
})
