import { UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { batchPath } from './batch.js'
import { type GraphErrorRow, graphErrors } from './errors.js'
import { unquoteLiteral } from './odata-literal.js'

/** Where Graph's beta is served, below the public URL of a server. */
export const graphRoot = '/beta'

// --- what a client asks for: paths below the root, percent-encoded ------------------------------------------------

const collection = 'inboundSharedUserProfiles'

/** The collection of inbound shared user profiles; for a router, the pattern of its route as well. */
export const profilesPath = `/directory/${collection}`

export const profilePath = (userId: UserId): string => `${profilesPath}/${encodeURIComponent(userId)}`

export const removePersonalDataPath = (userId: UserId): string => `${profilePath(userId)}/removePersonalData`

// --- what a server answers to -------------------------------------------------------------------------------------

const actions = ['removePersonalData', 'microsoft.graph.removePersonalData'] as const

/** The names that may stand in each place of a path below the root; the third place is a key's. */
const names: ReadonlyArray<ReadonlyArray<string>> = [
  ['directory', batchPath.slice(1)],
  [collection],
  [],
  actions,
]

/**
 * The path as a router is to see it. Below the root of Graph names compare without case, and one trailing slash does not
 * count: names are spelt as in the patterns of the routes. What is no name of a route stays as it was sent, and so does every
 * other path.
 *
 * A key in parentheses becomes a segment of its own, behind `inboundSharedUserProfiles()`. Every path in which a parenthesis
 * follows the collection is changed, so that no other can lead to the same place. Routers are fast only with patterns that
 * fill a segment.
 *
 * @param path of a request, from the root of the server on.
 */
export const routedPath = (path: string): string => {
  const [before, root = '', ...sent] = path.split('/')
  if (before !== '' || !isSameName(graphRoot.slice(1), root)) return path
  const segments = keyApart(sent.at(-1) === '' ? sent.slice(0, -1) : sent)
  return [graphRoot, ...segments.map((segment, place) => spelt(names[place] ?? [], segment))].join('/')
}

const keyApart = (segments: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first = '', second = '', ...others] = segments
  return second.charAt(collection.length) === '(' &&
    isSameName(collection, second.slice(0, collection.length))
    ? [first, `${collection}()`, second.slice(collection.length), ...others]
    : segments
}

const spelt = (known: ReadonlyArray<string>, segment: string): string =>
  known.find(name => isSameName(name, segment)) ?? segment

/** Whether a segment, percent-decoded once, is a name but for case. */
const isSameName = (name: string, segment: string): boolean =>
  name.toLowerCase() === decodedSegment(segment).toLowerCase()

const decodedSegment = (segment: string): string =>
  pipe(
    O.tryCatch(() => decodeURIComponent(segment)),
    O.getOrElse(() => segment),
  )

/** One spelling of a path with a user id in it. */
export interface KeyedRoute {
  /** A pattern for a Hono router that is given a `routedPath`, below the root. Its one parameter is `userId`. */
  readonly path: string
  /**
   * Reads the user id from the parameter that the router captured and percent-decoded (once, as Hono does).
   *
   * @returns the error to answer with where it is no GUID, or the parentheses hold no string literal.
   */
  readonly userIdOf: (param: string) => E.Either<GraphErrorRow, UserId>
}

/** @returns the user id that a raw key stands for; `invalidObjectId` where it is no GUID. */
export const parseUserId = (key: string): E.Either<GraphErrorRow, UserId> =>
  pipe(
    UserId.decode(key),
    E.mapLeft(() => graphErrors.invalidObjectId(key)),
  )

/**
 * Reads the key of an OData key predicate such as `inboundSharedUserProfiles('…')`.
 *
 * `userId` is an `Edm.String`, so the key must be in single quotes; a quote inside is doubled.
 *
 * @param param what the router captured, percent-decoded: the key with its parentheses.
 * @returns the raw key, which may be anything; `badRequest` where the parentheses hold no string literal.
 */
export const keyOfParentheses = (param: string): E.Either<GraphErrorRow, string> =>
  pipe(
    param.startsWith('(') && param.endsWith(')') ? unquoteLiteral(param.slice(1, -1)) : O.none,
    E.fromOption(() => graphErrors.badRequest('A key in parentheses must be a string in single quotes.')),
  )

const keySegment: KeyedRoute = { path: `${profilesPath}/:userId`, userIdOf: parseUserId }
const keyInParentheses: KeyedRoute = {
  path: `${profilesPath}()/:userId`,
  userIdOf: param => pipe(keyOfParentheses(param), E.flatMap(parseUserId)),
}

/** Both spellings of one profile: the key as a segment, and the OData key. */
export const profileRoutes: ReadonlyArray<KeyedRoute> = [keySegment, keyInParentheses]

/** All four spellings of the action: either key, with the plain or the qualified name. */
export const removePersonalDataRoutes: ReadonlyArray<KeyedRoute> = profileRoutes.flatMap(route =>
  actions.map(action => ({
    ...route,
    path: `${route.path}/${action}`,
  })),
)
