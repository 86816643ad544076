import type { TenantId, UserId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { graphDataHolder, type GraphClient, graphInboundProfiles, type Operation } from '../../src/index.js'
import { freshIds } from './fresh-ids.js'

/** Whom an operation is about. */
export interface Whom {
  readonly tenantId: TenantId
  readonly userId: UserId
}

export const somebody = (): Whom => ({ tenantId: freshIds.tenantId(), userId: freshIds.userId() })

/** What a port gave, in a form that is easy to compare: a value, or a problem. */
export type Given = string | object

/** Runs an operation through its port. */
export const perform = async (
  client: GraphClient,
  operation: Operation,
  { tenantId, userId }: Whom,
): Promise<Given> => {
  switch (operation) {
    case 'removal': {
      const requestId = freshIds.identifiers.requestId()
      return E.toUnion<object, string>(
        await graphDataHolder(client).remove({ tenantId, requestId, userId, onBehalfOf: null })(),
      )
    }
    case 'readBack':
      return E.toUnion<object, string>(await graphDataHolder(client).readBack(tenantId, userId)())
    case 'lookup': {
      const got = await graphInboundProfiles(client).get(tenantId, userId)()
      if (E.isLeft(got)) return got.left
      return O.isNone(got.right) ? 'none' : 'found'
    }
  }
}
