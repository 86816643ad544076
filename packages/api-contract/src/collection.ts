import * as t from 'io-ts'

/** A page of a list, as OData writes it: the link to the next one is there while there is one. */
export const collectionOf = <C extends t.Mixed>(item: C, name: string) =>
  t.exact(
    t.intersection([t.type({ value: t.readonlyArray(item) }), t.partial({ '@odata.nextLink': t.string })]),
    name,
  )
