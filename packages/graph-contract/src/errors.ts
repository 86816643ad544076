import type { Instant } from '@lethe/domain'
import * as t from 'io-ts'

/** What an error says: the HTTP status, and the code and message of the OData error object. */
export interface GraphErrorRow {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** The most characters of an id or a path segment that a message repeats. */
const longestEcho = 64

/** @returns the text, cut at 64 UTF-16 code units; a surrogate pair is never cut in two. */
export const echo = (text: string): string => text.slice(0, longestEcho).replace(/[\uD800-\uDBFF]$/, '')

const unauthenticated = (message: string): GraphErrorRow => ({
  status: 401,
  code: 'InvalidAuthenticationToken',
  message,
})

/** @param message says what is wrong, and repeats nothing that was sent. */
const badRequest = (message: string): GraphErrorRow => ({ status: 400, code: 'BadRequest', message })

/**
 * Every error of the published wire, row by row. Nothing that was sent is in a message, except for the id or segment
 * that a row takes: it is cut at 64 characters and left to the JSON writer to escape.
 *
 * Source: Microsoft Graph error responses, with its codes and messages as real clients know them. Where Graph has no
 * published wording, the message is ours.
 */
export const graphErrors = {
  accessTokenEmpty: unauthenticated('Access token is empty.'),
  tokenNotWellFormed: unauthenticated(
    'IDX14100: JWT is not well formed, there must be three parts, separated by dots.',
  ),
  tokenInvalid: unauthenticated('Access token validation failure.'),
  tokenExpired: unauthenticated('Lifetime validation failed, the token is expired.'),
  tokenNotYetValid: unauthenticated('Lifetime validation failed, the token is not yet valid.'),
  audienceInvalid: unauthenticated('Access token validation failure. Invalid audience.'),
  requestDenied: {
    status: 403,
    code: 'Authorization_RequestDenied',
    message: 'Insufficient privileges to complete the operation.',
  },
  /** @param id what stands in the path instead of a GUID. */
  invalidObjectId: (id: string): GraphErrorRow => ({
    status: 400,
    code: 'InvalidInput',
    message: `The specified object-id: ${echo(id)} in the request uri is an invalid Guid.`,
  }),
  /** @param id of what is not there, or not in the caller's tenant. */
  resourceNotFound: (id: string): GraphErrorRow => ({
    status: 404,
    code: 'Request_ResourceNotFound',
    message: `Resource '${echo(id)}' does not exist or one of its queried reference-property objects are not present.`,
  }),
  /** @param segment the first segment of the path that is not known. */
  segmentNotFound: (segment: string): GraphErrorRow =>
    badRequest(`Resource not found for the segment '${echo(segment)}'.`),
  methodNotAllowed: {
    status: 405,
    code: 'Request_BadRequest',
    message: 'Specified HTTP method is not allowed for the request target.',
  },
  contentTypeMissing: badRequest(
    'Write requests (excluding DELETE) must contain the Content-Type header declaration.',
  ),
  contentTypeNotJson: badRequest('Entity only allows writes with a JSON Content-Type header.'),
  badRequest,
  encodingNotSupported: {
    status: 415,
    code: 'BadRequest',
    message:
      'The Content-Encoding of the request body is not supported. Send the body as it is, or with gzip.',
  },
  payloadTooLarge: { status: 413, code: 'BadRequest', message: 'The request body is larger than 1 MiB.' },
  /** In a batch: the answer to this request is not sent, because the others and it are too large. */
  batchAnswerTooLarge: {
    status: 413,
    code: 'BadRequest',
    message: 'The answers to the batch are larger than 8 MiB. Make this request by itself.',
  },
  requestTooSlow: { status: 408, code: 'BadRequest', message: 'The request did not arrive in time.' },
  expectationFailed: {
    status: 417,
    code: 'BadRequest',
    message: 'The Expect header is not met: only 100-continue is. Send the request without it.',
  },
  headersTooLarge: { status: 431, code: 'BadRequest', message: 'The request headers are too large.' },
  unexpected: { status: 500, code: 'InternalServerError', message: 'An unexpected error occurred.' },
  throttled: { status: 429, code: 'TooManyRequests', message: 'Please retry again later.' },
  serviceNotAvailable: {
    status: 503,
    code: 'serviceNotAvailable',
    message: 'The service is not available.',
  },
  /** @param message says which state stands in the way. */
  conflict: (message: string): GraphErrorRow => ({ status: 409, code: 'Conflict', message }),
  /** In a batch: what this request depends on has failed (RFC 4918, 11.4). */
  failedDependency: {
    status: 424,
    code: 'FailedDependency',
    message: 'The request was not made because a request that it depends on has failed.',
  },
} satisfies Record<string, GraphErrorRow | ((text: string) => GraphErrorRow)>

/** What Lethe alone writes: with anything but a text there, an error is still one. */
const ownText = new t.Type<string | undefined>(
  'a text of Lethe',
  (u): u is string | undefined => u === undefined || typeof u === 'string',
  u => t.success(typeof u === 'string' ? u : undefined),
  t.identity,
)

const InnerError = t.exact(
  t.partial({
    date: t.string,
    'request-id': t.string,
    'client-request-id': t.string,
    reason: ownText,
    missing: ownText,
  }),
  'InnerError',
)

/**
 * The OData error object. It reads what Graph really sends: `innerError` and each of its members may be missing, and
 * what else stands there is dropped.
 */
export const GraphErrorBody = t.strict(
  {
    error: t.exact(
      t.intersection([
        t.type({ code: t.string, message: t.string }),
        t.partial({ innerError: t.union([InnerError, t.null]) }),
      ]),
      'Error',
    ),
  },
  'GraphErrorBody',
)
export type GraphErrorBody = t.TypeOf<typeof GraphErrorBody>

/** When an error occurred, and in answer to which request. */
export interface ErrorOccurrence {
  readonly at: Instant
  /** The same as the response header `request-id`. */
  readonly requestId: string
  /** The same as the response header `client-request-id`. */
  readonly clientRequestId: string
}

/** Why Lethe refused, for which Graph has no words: it stands beside Graph's code and message, and names nobody. */
export interface ErrorReason {
  /** Such as `selfApproval`. */
  readonly reason: string
  /** The permission or role that the caller lacks; null where it is none. */
  readonly missing: string | null
}

/**
 * The body of an error response. Its date is in UTC, and shows neither zone nor milliseconds.
 *
 * @param why null where code and message say it all.
 */
export const errorBody = (
  { code, message }: GraphErrorRow,
  { at, requestId, clientRequestId }: ErrorOccurrence,
  why: ErrorReason | null = null,
): GraphErrorBody => ({
  error: {
    code,
    message,
    innerError: {
      date: at.slice(0, 'YYYY-MM-DDTHH:mm:ss'.length),
      'request-id': requestId,
      'client-request-id': clientRequestId,
      ...(why === null ? {} : { reason: why.reason }),
      ...(why === null || why.missing === null ? {} : { missing: why.missing }),
    },
  },
})
