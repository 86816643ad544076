import type { JSONValue } from '@jmespath-community/jmespath'

/** A value of JSON. */
export type Json = JSONValue

/** What `JSON.stringify` would make of a value, as a value: properties that are undefined are left out. */
export const toJson = (u: unknown): Json => {
  if (u === null || typeof u === 'string' || typeof u === 'number' || typeof u === 'boolean') return u
  if (Array.isArray(u)) return u.map(toJson)
  if (typeof u === 'object')
    return Object.fromEntries(
      Object.entries(u)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, toJson(value)]),
    )
  return null
}
