import { Instant } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorBody, GraphErrorBody, type GraphErrorRow, graphErrors } from '../src/index.js'
import { decoded, text } from './arbitraries.js'

const id = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'

const rows: ReadonlyArray<readonly [string, GraphErrorRow, number, string, string]> = [
  ['no token', graphErrors.accessTokenEmpty, 401, 'InvalidAuthenticationToken', 'Access token is empty.'],
  [
    'bad signature',
    graphErrors.tokenInvalid,
    401,
    'InvalidAuthenticationToken',
    'Access token validation failure.',
  ],
  [
    'expired',
    graphErrors.tokenExpired,
    401,
    'InvalidAuthenticationToken',
    'Lifetime validation failed, the token is expired.',
  ],
  [
    'not yet valid',
    graphErrors.tokenNotYetValid,
    401,
    'InvalidAuthenticationToken',
    'Lifetime validation failed, the token is not yet valid.',
  ],
  [
    'wrong audience',
    graphErrors.audienceInvalid,
    401,
    'InvalidAuthenticationToken',
    'Access token validation failure. Invalid audience.',
  ],
  [
    'not permitted',
    graphErrors.requestDenied,
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  ],
  [
    'no GUID',
    graphErrors.invalidObjectId('bob'),
    400,
    'InvalidInput',
    'The specified object-id: bob in the request uri is an invalid Guid.',
  ],
  [
    'no such profile',
    graphErrors.resourceNotFound(id),
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  ],
  [
    'unknown segment',
    graphErrors.segmentNotFound('inbound'),
    400,
    'BadRequest',
    "Resource not found for the segment 'inbound'.",
  ],
  [
    'wrong method',
    graphErrors.methodNotAllowed,
    405,
    'Request_BadRequest',
    'Specified HTTP method is not allowed for the request target.',
  ],
  [
    'no Content-Type',
    graphErrors.contentTypeMissing,
    400,
    'BadRequest',
    'Write requests (excluding DELETE) must contain the Content-Type header declaration.',
  ],
  [
    'not JSON',
    graphErrors.contentTypeNotJson,
    400,
    'BadRequest',
    'Entity only allows writes with a JSON Content-Type header.',
  ],
  ['bad request', graphErrors.badRequest('No.'), 400, 'BadRequest', 'No.'],
  [
    'another encoding',
    graphErrors.encodingNotSupported,
    415,
    'BadRequest',
    'The Content-Encoding of the request body is not supported. Send the body as it is, or with gzip.',
  ],
  ['large body', graphErrors.payloadTooLarge, 413, 'BadRequest', 'The request body is larger than 1 MiB.'],
  ['large headers', graphErrors.headersTooLarge, 431, 'BadRequest', 'The request headers are too large.'],
  ['too slow', graphErrors.requestTooSlow, 408, 'BadRequest', 'The request did not arrive in time.'],
  [
    'Expect',
    graphErrors.expectationFailed,
    417,
    'BadRequest',
    'The Expect header is not met: only 100-continue is. Send the request without it.',
  ],
  ['unforeseen', graphErrors.unexpected, 500, 'InternalServerError', 'An unexpected error occurred.'],
  ['throttled', graphErrors.throttled, 429, 'TooManyRequests', 'Please retry again later.'],
  [
    'a dependency is down',
    graphErrors.serviceNotAvailable,
    503,
    'serviceNotAvailable',
    'The service is not available.',
  ],
  ['conflict', graphErrors.conflict('No.'), 409, 'Conflict', 'No.'],
  [
    'the answer to a batch is too large',
    graphErrors.batchAnswerTooLarge,
    413,
    'BadRequest',
    'The answers to the batch are larger than 8 MiB. Make this request by itself.',
  ],
]

const occurrence = {
  at: decoded(Instant, '2026-11-23T10:00:00.987+01:00'),
  requestId: '0b6a3a3c-2a0e-4d0c-9b0e-3a2f3c1d0e01',
  clientRequestId: '0b6a3a3c-2a0e-4d0c-9b0e-3a2f3c1d0e02',
}

describe('the rows', () => {
  test.each(rows)('%s', (_, row, status, code, message) => {
    expect(row).toEqual({ status, code, message })
  })

  test('a token that is no JWT is told as IDX14100', () => {
    expect(graphErrors.tokenNotWellFormed.status).toBe(401)
    expect(graphErrors.tokenNotWellFormed.code).toBe('InvalidAuthenticationToken')
    expect(graphErrors.tokenNotWellFormed.message).toMatch(/^IDX14100: JWT is not well formed/)
  })

  test('every row is in the table, and has a test', () => {
    expect(Object.keys(graphErrors)).toHaveLength(
      rows.length + ['tokenNotWellFormed', 'failedDependency'].length,
    )
  })

  test.each([
    ['invalidObjectId', graphErrors.invalidObjectId],
    ['resourceNotFound', graphErrors.resourceNotFound],
    ['segmentNotFound', graphErrors.segmentNotFound],
  ])('%s repeats 64 characters and no more', (_, row) => {
    expect(row('x'.repeat(64)).message).toContain('x'.repeat(64))
    expect(row('x'.repeat(65)).message).toContain('x'.repeat(64))
    expect(row('x'.repeat(65)).message).not.toContain('x'.repeat(65))
  })

  test('an id is not escaped by hand', () => {
    expect(graphErrors.invalidObjectId(`<b>"'\n`).message).toContain(`<b>"'\n`)
  })

  test('a cut leaves no half character', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 70 }), (id, before) => {
        const { message } = graphErrors.invalidObjectId('x'.repeat(before) + id.toWellFormed())
        expect(message.isWellFormed()).toBe(true)
      }),
    )
    expect(graphErrors.segmentNotFound(`${'x'.repeat(63)}😀`).message).toBe(
      `Resource not found for the segment '${'x'.repeat(63)}'.`,
    )
  })
})

describe('the body', () => {
  test('has the published form, its date without zone and milliseconds', () => {
    expect(errorBody(graphErrors.accessTokenEmpty, occurrence)).toEqual({
      error: {
        code: 'InvalidAuthenticationToken',
        message: 'Access token is empty.',
        innerError: {
          date: '2026-11-23T09:00:00',
          'request-id': occurrence.requestId,
          'client-request-id': occurrence.clientRequestId,
        },
      },
    })
  })

  test('says beside code and message why, where Lethe has a word for it', () => {
    const { error } = errorBody(graphErrors.requestDenied, occurrence, {
      reason: 'scopeMissing',
      missing: 'X.All',
    })
    expect(error).toMatchObject({
      code: 'Authorization_RequestDenied',
      message: 'Insufficient privileges to complete the operation.',
      innerError: { 'request-id': occurrence.requestId, reason: 'scopeMissing', missing: 'X.All' },
    })
    expect(GraphErrorBody.decode({ error })).toEqual(E.right({ error }))
    const alone = errorBody(graphErrors.requestDenied, occurrence, { reason: 'selfApproval', missing: null })
    expect(alone.error.innerError).toHaveProperty('reason', 'selfApproval')
    expect(alone.error.innerError).not.toHaveProperty('missing')
  })

  test('what is written is read again', () => {
    fc.assert(
      fc.property(text, message => {
        const body = errorBody(graphErrors.conflict(message), occurrence)
        expect(GraphErrorBody.decode(JSON.parse(JSON.stringify(body)))).toEqual(E.right(body))
      }),
    )
  })

  test.each([
    ['without innerError', { code: 'c', message: 'm' }, { code: 'c', message: 'm' }],
    [
      'with a null innerError',
      { code: 'c', message: 'm', innerError: null },
      { code: 'c', message: 'm', innerError: null },
    ],
    [
      'with an empty innerError',
      { code: 'c', message: '', innerError: {} },
      { code: 'c', message: '', innerError: {} },
    ],
    [
      'with more than is declared',
      { code: 'c', message: 'm', target: 'bob', details: [], innerError: { date: 'd', code: 'x' } },
      { code: 'c', message: 'm', innerError: { date: 'd' } },
    ],
    [
      'with a reason that is no text',
      { code: 'c', message: 'm', innerError: { reason: { code: 'x' }, missing: 1 } },
      { code: 'c', message: 'm', innerError: {} },
    ],
  ])('is read %s', (_, error, expected) => {
    expect(GraphErrorBody.decode({ error, more: true })).toEqual(E.right({ error: expected }))
  })

  test.each([
    [undefined],
    [null],
    ['text'],
    [{}],
    [{ error: 'text' }],
    [{ error: { code: 'c' } }],
    [{ error: { code: 1, message: 'm' } }],
  ])('is not %j', body => {
    expect(E.isLeft(GraphErrorBody.decode(body))).toBe(true)
  })
})
