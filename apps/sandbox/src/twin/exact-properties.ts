import * as t from 'io-ts'

/** An object with these optional properties and no others: a misspelt fault would be a fault that never comes. */
export const exactProperties = <P extends t.Props>(name: string, props: P) => {
  const expected = `${name} with no other properties than ${Object.keys(props).join(', ')}`
  const noOthers = new t.Type<unknown>(
    expected,
    t.unknown.is,
    (u, context) =>
      typeof u === 'object' && u !== null && Object.keys(u).some(key => !Object.hasOwn(props, key))
        ? t.failure(u, context)
        : t.success(u),
    t.identity,
  )
  return noOthers.pipe(t.exact(t.partial(props)), expected)
}
