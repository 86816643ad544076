/**
 * Validates a value, and finds the names in it that its schema does not have. Kubernetes' schemas permit any name beside those that they
 * describe, so that a misspelt one gets past them. A validator reads each name that it knows, and no other.
 *
 * @returns what the validator says; and the paths of what it never read.
 */
export const withUnreadNames = (
  validate: (data: unknown) => boolean,
  value: unknown,
): readonly [boolean, ReadonlyArray<string>] => {
  const unread = new Set<string>()
  const watched = watch(value, '', unread)
  return [validate(watched), [...unread]]
}

const watch = (value: unknown, path: string, unread: Set<string>): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const inner = new Map<PropertyKey, unknown>()
  for (const [name, child] of Object.entries(value)) {
    const childPath = path === '' ? name : `${path}.${name}`
    unread.add(childPath)
    inner.set(name, child)
  }
  return new Proxy(value, {
    get: (target, name): unknown => {
      // Such as the length of an array.
      const other: unknown = Reflect.get(target, name)
      if (!inner.has(name)) return other
      const childPath = path === '' ? String(name) : `${path}.${String(name)}`
      if (unread.delete(childPath)) inner.set(name, watch(inner.get(name), childPath, unread))
      return inner.get(name)
    },
  })
}
