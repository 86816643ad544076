import * as t from 'io-ts'

/**
 * An object with these properties and no others: a misspelt property is a mistake to report, not one to drop.
 *
 * @param required properties that must be there.
 * @param optional properties that may be there.
 */
export const exactObject = <R extends t.Props, O extends t.Props>(required: R, optional: O) => {
  const known = new Set([...Object.keys(required), ...Object.keys(optional)])
  const [wanted, possible] = [Object.keys(required).join(', '), Object.keys(optional).join(', ')]
  const name =
    wanted === ''
      ? `an object with no other properties than ${possible}`
      : `an object with ${wanted} and no other properties than ${possible}`
  const object = t.exact(t.intersection([t.type(required), t.partial(optional)]), name)
  const noOthers = new t.Type<unknown>(
    name,
    t.unknown.is,
    (u, context) =>
      typeof u === 'object' && u !== null && !Object.keys(u).every(key => known.has(key))
        ? t.failure(u, context)
        : t.success(u),
    t.identity,
  )
  return noOthers.pipe(object, name)
}
