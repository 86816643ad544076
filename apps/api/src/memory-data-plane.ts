import { inMemoryProfiles } from '@lethe/adapter-memory'
import { HolderName, type InboundSharedUserProfile, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { DataPlane } from './data-plane.js'

/** The inbound shared user profiles that a data plane in memory starts with. */
export type Profiles = ReadonlyMap<TenantId, ReadonlyArray<InboundSharedUserProfile>>

/** A resource tenant's data in memory: profiles, and the one holder that removes them. */
export const memoryDataPlane = (profiles: Profiles): DataPlane => {
  const { inboundProfiles, holder } = inMemoryProfiles(graphHolder, profiles)
  return { inboundProfiles, dataHolders: { of: () => [holder] } }
}

/** The name under which Microsoft Graph appears in plans and histories. */
const graphHolder: HolderName = (() => {
  const decoded = HolderName.decode('graph')
  if (E.isLeft(decoded)) throw new Error('graph is a holder name')
  return decoded.right
})()
