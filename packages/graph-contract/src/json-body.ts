import type { PublishedContract } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type GraphErrorRow, graphErrors } from './errors.js'

/** What came with a write request. */
export interface SentBody {
  /** The header `Content-Type`; undefined where there is none. */
  readonly contentType: string | undefined
  /** The body as text; empty where there is none. */
  readonly body: string
}

/**
 * Whether a media type is `application/json`, in any case and with any parameters (RFC 9110, 8.3.1).
 *
 * @param contentType the value of the header `Content-Type`.
 */
export const isJsonMediaType = (contentType: string): boolean =>
  contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'

/**
 * Checks what came with an action that takes no body. `{}` and `null` count as none: real clients send them.
 *
 * @param contentTypeRequired `always`, or only `withBody`: then nothing is looked at where the body is empty.
 * @returns the first that is wrong: the Content-Type is missing, it is not JSON, the JSON is broken, there is a body.
 */
export const checkActionBody = (
  { contentType, body }: SentBody,
  contentTypeRequired: PublishedContract['removePersonalData']['contentTypeRequired'],
): E.Either<GraphErrorRow, void> => {
  if (body === '')
    return contentTypeRequired === 'always' ? checkContentType(contentType) : E.right(undefined)
  return pipe(
    parseJsonBody({ contentType, body }),
    E.flatMap(value =>
      isNothing(value)
        ? E.right(undefined)
        : E.left(graphErrors.badRequest('This action does not take a request body.')),
    ),
  )
}

/**
 * Reads a body that must be JSON.
 *
 * @returns the value; else the first that is wrong: the Content-Type is missing, it is not JSON, the JSON is broken.
 */
export const parseJsonBody = ({ contentType, body }: SentBody): E.Either<GraphErrorRow, unknown> =>
  pipe(
    checkContentType(contentType),
    E.flatMap(() =>
      E.tryCatch(
        (): unknown => JSON.parse(body),
        () => graphErrors.badRequest('The request body is not valid JSON.'),
      ),
    ),
  )

const checkContentType = (contentType: string | undefined): E.Either<GraphErrorRow, void> => {
  if (contentType === undefined || contentType.trim() === '') return E.left(graphErrors.contentTypeMissing)
  return isJsonMediaType(contentType) ? E.right(undefined) : E.left(graphErrors.contentTypeNotJson)
}

const isNothing = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)
