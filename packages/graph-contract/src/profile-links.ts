import { listQuery, type ProfileListOptions, type QueryPair } from './query-options.js'
import { profilesPath } from './urls.js'

/**
 * The URL of a page of profiles, percent-encoded.
 *
 * @param root `{publicUrl}/beta`.
 */
export const profilesUrl = (root: string, options: ProfileListOptions): string =>
  `${root}${profilesPath}${encodeQuery(listQuery(options))}`

/**
 * The `@odata.nextLink` of a page: the same list with the same options, from a token on.
 *
 * @param root `{publicUrl}/beta`.
 * @param options those that the page was asked for with.
 * @param skipToken where the next page begins; not empty.
 */
export const nextLink = (root: string, options: ProfileListOptions, skipToken: string): string =>
  profilesUrl(root, { ...options, skipToken })

/** The `$` of a system query option stays as it is, as in Graph's own links. */
const encodeQuery = (pairs: ReadonlyArray<QueryPair>): string =>
  pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`

/** `encodeURIComponent` throws on half a surrogate pair, which no URL can hold: U+FFFD takes its place. */
const encode = (value: string): string => encodeURIComponent(value.toWellFormed())
