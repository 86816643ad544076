import { DateTime } from '@lethe/api-contract'
import * as t from 'io-ts'
import type { Resource } from './resource.js'

const ContextView = t.strict(
  {
    name: t.string,
    current: t.boolean,
    server: t.string,
    tenant: t.union([t.string, t.null]),
    /** As whom somebody is signed in; null where nobody is. */
    account: t.union([t.string, t.null]),
    tokenExpiryDateTime: t.union([DateTime, t.null]),
  },
  'Context',
)
/** A context, and who is signed in to it. */
export type ContextView = t.TypeOf<typeof ContextView>

const columns: Resource<ContextView>['columns'] = [
  { name: 'name', cell: ({ name }) => name },
  { name: 'current', cell: ({ current }) => current },
  { name: 'server', cell: ({ server }) => server },
  { name: 'tenant', cell: ({ tenant }) => tenant },
  { name: 'account', cell: ({ account }) => account },
  {
    name: 'tokenExpiryDateTime',
    cell: ({ tokenExpiryDateTime: expiry }) => (expiry === null ? null : DateTime.encode(expiry)),
  },
]

export const contextResource: Resource<ContextView> = { codec: ContextView, columns, summary: columns }
