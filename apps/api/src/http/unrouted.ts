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
 * @param path the path as the router saw it.
 */
export const whyUnrouted = (routes: ReadonlyArray<Route>, path: string): Unrouted => {
  const segments = path.split('/').slice(1).map(decoded)
  const patterns = routes.map(route => ({ method: route.method, segments: route.path.split('/').slice(1) }))
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

/** How many of the first segments a pattern shares with a path. */
const commonLength = (pattern: ReadonlyArray<string>, segments: ReadonlyArray<string>): number => {
  const differs = segments.findIndex((segment, index) => !matches(pattern[index], segment))
  return differs === -1 ? segments.length : differs
}

/** A parameter fills a segment. */
const matches = (pattern: string | undefined, segment: string): boolean =>
  pattern?.startsWith(':') === true ? segment !== '' : pattern === segment

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
