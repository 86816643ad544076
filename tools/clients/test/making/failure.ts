import { GraphError } from '@microsoft/microsoft-graph-client'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** What a client makes of an error answer. */
export interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** What the SDK throws: an ODataError. */
const Thrown = t.strict({
  responseStatusCode: t.number,
  errorEscaped: t.strict({ code: t.string, message: t.string }),
})

/** How a call failed, as the client decoded it; throws where it did not fail, or the client could not tell. */
export const failureOf = async (call: Promise<unknown>): Promise<Failure> => {
  const thrown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  if (thrown instanceof GraphError)
    return { status: thrown.statusCode, code: thrown.code ?? '', message: thrown.message }
  const decoded = Thrown.decode(thrown)
  if (E.isLeft(decoded)) throw new Error('Expected a failure that the client could decode')
  const { responseStatusCode, errorEscaped } = decoded.right
  return { status: responseStatusCode, ...errorEscaped }
}

export const unknownProfile = (userId: string): Failure => ({
  status: 404,
  code: 'Request_ResourceNotFound',
  message: `Resource '${userId}' does not exist or one of its queried reference-property objects are not present.`,
})

export const denied: Failure = {
  status: 403,
  code: 'Authorization_RequestDenied',
  message: 'Insufficient privileges to complete the operation.',
}

export const expired: Failure = {
  status: 401,
  code: 'InvalidAuthenticationToken',
  message: 'Lifetime validation failed, the token is expired.',
}

export const contentTypeMissing: Failure = {
  status: 400,
  code: 'BadRequest',
  message: 'Write requests (excluding DELETE) must contain the Content-Type header declaration.',
}

export const throttledAnswer: Failure = {
  status: 429,
  code: 'TooManyRequests',
  message: 'Please retry again later.',
}
