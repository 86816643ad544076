import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type GraphErrorRow, graphErrors } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import { createMiddleware } from 'hono/factory'
import { errorAnswer } from './answer.js'
import type { ApiEnv, RespondWithError } from './context.js'
import { bodyNotWhole, hasNoBody } from './handling.js'

/** The largest body that is taken, in bytes: as it was sent, and as it is once decoded. */
const largestBody = 1024 * 1024

/** Why a body is not taken: the row, the reason for the log, and what the answer's headers say of it. */
interface BodyRefusal {
  readonly row: GraphErrorRow
  readonly reason: string
  readonly headers?: Readonly<Record<string, string>>
}

const tooLarge: BodyRefusal = {
  row: graphErrors.payloadTooLarge,
  reason: 'PayloadTooLarge',
  headers: { Connection: 'close' },
}
const notSupported: BodyRefusal = {
  row: graphErrors.encodingNotSupported,
  reason: 'EncodingNotSupported',
  headers: { 'Accept-Encoding': 'gzip' },
}
const notWhole: BodyRefusal = { row: bodyNotWhole, reason: 'BodyNotWhole' }
const notGzip: BodyRefusal = {
  row: graphErrors.badRequest('The request body is not valid gzip.'),
  reason: 'BodyNotGzip',
}

/**
 * Lets in a body of at most 1 MiB, and decodes one that is compressed with gzip. Any other coding is a 415 that says what is
 * taken; `identity` counts as none. Source: RFC 9110, 8.4 and 12.5.3.
 */
export const boundedBody = (respondWithError: RespondWithError) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const refuse = ({ row, reason, headers }: BodyRefusal) =>
      respondWithError(c, errorAnswer(row, reason), headers)
    const codings = codingsIn(c.req.header('Content-Encoding') ?? '')
    const isZipped = codings.length === 1 && codings[0] === 'gzip'
    if (codings.length > 0 && !isZipped) return refuse(notSupported)
    if (hasNoBody(c)) return next()
    const length = c.req.header('Content-Length')
    if (Number(length ?? 0) > largestBody) return refuse(tooLarge)
    // A body with a length and no coding is read by the route itself, which is faster.
    if (length !== undefined && !isZipped) return next()
    const sent = await bytesOf(c.req.raw)
    if (E.isLeft(sent)) return refuse(sent.left)
    const body = isZipped ? await inflated(sent.right) : sent
    if (E.isLeft(body)) return refuse(body.left)
    c.req.raw = new Request(c.req.raw, { method: c.req.method, body: body.right })
    return next()
  })

const codingsIn = (header: string): ReadonlyArray<string> =>
  header
    .split(',')
    .map(coding => coding.trim().toLowerCase())
    .filter(coding => coding !== '' && coding !== 'identity')

/** Reads no further than the limit. To cancel the stream there would close the connection before the answer. */
const bytesOf = async ({ body }: Request): Promise<E.Either<BodyRefusal, Buffer<ArrayBuffer>>> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  try {
    const reader = body?.getReader()
    for (;;) {
      const chunk: unknown = (await reader?.read())?.value
      if (!(chunk instanceof Uint8Array)) return E.right(Buffer.concat(chunks, size))
      size += chunk.byteLength
      if (size > largestBody) return E.left(tooLarge)
      chunks.push(chunk)
    }
  } catch {
    return E.left(notWhole)
  }
}

const gunzipped = promisify(gunzip)

/** Inflates no further than the limit. An empty body is none, whatever its coding. */
const inflated = async (bytes: Buffer<ArrayBuffer>): Promise<E.Either<BodyRefusal, Buffer<ArrayBuffer>>> => {
  if (bytes.byteLength === 0) return E.right(bytes)
  try {
    return E.right(await gunzipped(bytes, { maxOutputLength: largestBody, rejectGarbageAfterEnd: true }))
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return E.left(isTooLarge ? tooLarge : notGzip)
  }
}
