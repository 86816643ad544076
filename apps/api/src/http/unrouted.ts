/**
 * What is wrong with a path or method that no route answers: the row of the published error table.
 */
export type Unrouted =
  | { readonly kind: 'segment'; readonly segment: string }
  | { readonly kind: 'method'; readonly allowed: ReadonlyArray<string> }

interface Route {
  readonly method: string
  readonly path: string
}

/**
 * Finds out why no route answered: the path is known with other methods, or it is not, and then which segment of it is the
 * first that leads nowhere.
 *
 * @param routes all routes, with paths in Hono's notation.
 * @param path the path of the request, percent-encoded.
 */
export const whyUnrouted = (routes: ReadonlyArray<Route>, path: string): Unrouted => {
  const segments = path.split('/').slice(1).map(decoded)
  const patterns = routes.map(route => ({ method: route.method, segments: patternSegments(route.path) }))
  const allowed = patterns
    .filter(
      pattern =>
        pattern.segments.length === segments.length &&
        commonLength(pattern.segments, segments) === segments.length,
    )
    .map(pattern => pattern.method)
  if (allowed.length > 0) return { kind: 'method', allowed: [...new Set(allowed)] }
  const known = Math.max(0, ...patterns.map(pattern => commonLength(pattern.segments, segments)))
  return { kind: 'segment', segment: segments[known] ?? segments.at(-1) ?? '' }
}

/** The segments of a pattern: a slash in braces belongs to the expression there. */
const patternSegments = (path: string): ReadonlyArray<string> => path.split(/\/(?![^{]*\})/).slice(1)

/** How many of the first segments a pattern shares with a path. */
const commonLength = (pattern: ReadonlyArray<string>, segments: ReadonlyArray<string>): number => {
  const differs = segments.findIndex((segment, index) => !matches(pattern[index], segment))
  return differs === -1 ? segments.length : differs
}

const matches = (pattern: string | undefined, segment: string): boolean => {
  if (pattern === undefined) return false
  if (!pattern.startsWith(':')) return pattern === segment
  const expression = /^:\w+\{(.+)\}$/.exec(pattern)?.[1]
  return expression === undefined ? segment !== '' : new RegExp(`^(?:${expression})$`).test(segment)
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
