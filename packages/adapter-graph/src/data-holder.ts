import type { DataHolder } from '@lethe/application'
import { HolderName } from '@lethe/domain'
import { profilePath, removePersonalDataPath } from '@lethe/graph-contract'
import * as E from 'fp-ts/lib/Either.js'
import type { GraphClient } from './client.js'
import { decodeProfileOf } from './decode-profile-of.js'
import { readBackResult, removalResult } from './holder-results.js'

/** Its name in plans and histories. */
const name: HolderName = (() => {
  const decoded = HolderName.decode('graph')
  if (E.isLeft(decoded)) throw new Error('The name of the data holder breaks the rule for such names')
  return decoded.right
})()

/**
 * Microsoft Graph as a data holder: `removePersonalData`, and the profile itself for reading back. What each ending of a call
 * means is in the table of endings.
 */
export const graphDataHolder = (client: GraphClient): DataHolder => ({
  name,
  remove:
    ({ tenantId, requestId, userId, onBehalfOf }) =>
    async () =>
      removalResult(
        await client.call<never>({
          tenantId,
          operation: 'removal',
          removing: { requestId, onBehalfOf },
          url: `${client.root}${removePersonalDataPath(userId)}`,
          decode: null,
        }),
      ),
  readBack: (tenantId, userId) => async () =>
    readBackResult(
      await client.call({
        tenantId,
        operation: 'readBack',
        removing: null,
        url: `${client.root}${profilePath(userId)}`,
        decode: decodeProfileOf(userId),
      }),
    ),
})
