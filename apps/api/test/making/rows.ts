import type { Row } from './answer.js'

/** The published table of errors, written out once more. */
const unauthenticated = (message: string): Row => ({
  status: 401,
  code: 'InvalidAuthenticationToken',
  message,
})

export const badRequest = (message: string): Row => ({ status: 400, code: 'BadRequest', message })

export const tokenEmpty = unauthenticated('Access token is empty.')
export const tokenFailed = unauthenticated('Access token validation failure.')
export const tokenExpired = unauthenticated('Lifetime validation failed, the token is expired.')
export const tokenNotYetValid = unauthenticated('Lifetime validation failed, the token is not yet valid.')
export const wrongAudience = unauthenticated('Access token validation failure. Invalid audience.')

export const denied: Row = {
  status: 403,
  code: 'Authorization_RequestDenied',
  message: 'Insufficient privileges to complete the operation.',
}

export const invalidGuid = (id: string): Row => ({
  status: 400,
  code: 'InvalidInput',
  message: `The specified object-id: ${id} in the request uri is an invalid Guid.`,
})

export const notFound = (id: string): Row => ({
  status: 404,
  code: 'Request_ResourceNotFound',
  message: `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
})

export const noSegment = (segment: string): Row =>
  badRequest(`Resource not found for the segment '${segment}'.`)

export const wrongMethod: Row = {
  status: 405,
  code: 'Request_BadRequest',
  message: 'Specified HTTP method is not allowed for the request target.',
}

export const contentTypeMissing = badRequest(
  'Write requests (excluding DELETE) must contain the Content-Type header declaration.',
)

export const contentTypeNotJson = badRequest('Entity only allows writes with a JSON Content-Type header.')

export const unexpected: Row = {
  status: 500,
  code: 'InternalServerError',
  message: 'An unexpected error occurred.',
}

export const throttled: Row = {
  status: 429,
  code: 'TooManyRequests',
  message: 'Please retry again later.',
}

export const unavailable: Row = {
  status: 503,
  code: 'serviceNotAvailable',
  message: 'The service is not available.',
}

export const payloadTooLarge: Row = {
  status: 413,
  code: 'BadRequest',
  message: 'The request body is larger than 1 MiB.',
}

export const encodingNotSupported: Row = {
  status: 415,
  code: 'BadRequest',
  message: 'The Content-Encoding of the request body is not supported. Send the body as it is, or with gzip.',
}

export const brokenGzip = badRequest('The request body is not valid gzip.')
