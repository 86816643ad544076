import { DateTime, IdentityResource } from '@lethe/api-contract'
import * as t from 'io-ts'
import type { Resource } from './resource.js'

const SignIn = t.strict(
  {
    ...IdentityResource.type.props,
    server: t.string,
    /** Where the token comes from. */
    tokenSource: t.keyof({ LETHE_TOKEN: null, signIn: null }),
    context: t.union([t.string, t.null]),
    /** As whom somebody signed in; null for a token from elsewhere. */
    account: t.union([t.string, t.null]),
    /** When the token expires, as it says itself; null where it does not say. */
    tokenExpiryDateTime: t.union([DateTime, t.null]),
  },
  'SignIn',
)
/** Who the operator is to which server, and for how long. */
export type SignIn = t.TypeOf<typeof SignIn>

const columns: Resource<SignIn>['columns'] = [
  { name: 'kind', cell: ({ kind }) => kind },
  { name: 'tenantId', cell: ({ tenantId }) => tenantId },
  { name: 'userId', cell: ({ userId }) => userId },
  { name: 'appId', cell: ({ appId }) => appId },
  { name: 'guest', cell: ({ guest }) => guest },
  { name: 'operations', cell: ({ operations }) => operations.join(', ') },
  { name: 'contract', cell: ({ contract }) => contract },
  { name: 'server', cell: ({ server }) => server },
  { name: 'tokenSource', cell: ({ tokenSource }) => tokenSource },
  { name: 'context', cell: ({ context }) => context },
  { name: 'account', cell: ({ account }) => account },
  {
    name: 'tokenExpiryDateTime',
    cell: ({ tokenExpiryDateTime: expiry }) => (expiry === null ? null : DateTime.encode(expiry)),
  },
]

export const identityResource: Resource<SignIn> = { codec: SignIn, columns, summary: columns }
