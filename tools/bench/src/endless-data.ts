import type { DataPlane } from '@lethe/api'
import { HolderName, TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'

const decoded = <A>(codec: t.Type<A, string, unknown>, text: string): A => {
  const value = codec.decode(text)
  if (E.isLeft(value)) throw new Error(`Expected ${codec.name}`)
  return value.right
}

const homeTenantId = decoded(TenantId, '9a3c1b5d-2e4f-4071-8293-a4b5c6d7e8f9')
const graph = decoded(HolderName, 'graph')

/** A tenant in memory in which every id is that of an inbound user, and a holder that has removed as soon as it is asked. */
export const endlessData = (): DataPlane => ({
  inboundProfiles: {
    get: (_, userId) =>
      TE.right(
        O.some({ userId, homeTenantId, userPrincipalName: 'somebody@example.com', displayName: 'Somebody' }),
      ),
    list: () => TE.right({ items: [], next: null }),
  },
  dataHolders: {
    of: () => [{ name: graph, remove: () => TE.right('removed'), readBack: () => TE.right('absent') }],
  },
})
