import { DateTime } from '@lethe/api-contract'
import { TenantId } from '@lethe/domain'
import * as t from 'io-ts'
import { readToken } from '../token.js'
import { type KeptSignIn, scopeKey } from '../sign-in/kept-sign-in.js'
import type { Resource } from './resource.js'

const textOrNull = t.union([t.string, t.null])

const GraphSignIn = t.strict(
  {
    tenantId: TenantId,
    /** As whom somebody is signed in; null where nobody is. */
    account: textOrNull,
    clientId: textOrNull,
    /** The Graph that tokens go to. */
    graph: textOrNull,
    tokenExpiryDateTime: t.union([DateTime, t.null]),
  },
  'GraphSignIn',
)
/** A tenant, and who is signed in to Graph for it. */
type GraphSignIn = t.TypeOf<typeof GraphSignIn>

/** @param signIn null where nobody is signed in. */
export const graphSignInOf = (tenantId: TenantId, signIn: KeptSignIn | null): GraphSignIn => ({
  tenantId,
  account: signIn?.account.username ?? null,
  clientId: signIn?.source.clientId ?? null,
  graph: signIn?.source.server ?? null,
  tokenExpiryDateTime:
    signIn === null ? null : readToken(signIn.tokens[scopeKey(signIn.source.scopes)] ?? '').expires,
})

const columns: Resource<GraphSignIn>['columns'] = [
  { name: 'tenantId', cell: ({ tenantId }) => tenantId },
  { name: 'account', cell: ({ account }) => account },
  { name: 'clientId', cell: ({ clientId }) => clientId },
  { name: 'graph', cell: ({ graph }) => graph },
  {
    name: 'tokenExpiryDateTime',
    cell: ({ tokenExpiryDateTime: expiry }) => (expiry === null ? null : DateTime.encode(expiry)),
  },
]

export const graphSignInResource: Resource<GraphSignIn> = { codec: GraphSignIn, columns, summary: columns }
