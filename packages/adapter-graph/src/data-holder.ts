import type { DataHolder } from '@lethe/application'
import { HolderName, type InboundSharedUserProfile } from '@lethe/domain'
import { decodeProfilePresence, removePersonalDataPath } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import type { GraphClient } from './client.js'
import { readBackResult, removalResult } from './holder-results.js'
import { look } from './look.js'

/** Its name in plans and histories. */
const name: HolderName = (() => {
  const decoded = HolderName.decode('graph')
  if (E.isLeft(decoded)) throw new Error('The name of the data holder breaks the rule for such names')
  return decoded.right
})()

/** To read back, the id alone is needed: a profile without names is there all the same. */
const presence = {
  decode: decodeProfilePresence,
  listed: ({ userId, userPrincipalName, displayName }: InboundSharedUserProfile) => ({
    userId,
    isHusk: userPrincipalName === null && displayName === null,
  }),
}

/**
 * Microsoft Graph as a data holder: `removePersonalData`, and the profile itself for reading back. What each ending of a call
 * means is in the table of endings.
 */
export const graphDataHolder = (client: GraphClient): DataHolder => ({
  name,
  remove:
    ({ tenantId, requestId, userId, onBehalfOf }) =>
    () =>
      client.within('removal', async call => {
        const ended = await call<never>({
          tenantId,
          operation: 'removal',
          removing: { requestId, onBehalfOf },
          url: `${client.root}${removePersonalDataPath(userId)}`,
          decode: null,
        })
        return ended.kind === 'notFound'
          ? removalResult(
              ended,
              await look(client, call, { tenantId, userId, operation: 'readBack' }, presence),
            )
          : removalResult(ended, null)
      }),
  readBack: (tenantId, userId) => () =>
    client.within('readBack', async call =>
      readBackResult(await look(client, call, { tenantId, userId, operation: 'readBack' }, presence)),
    ),
})
