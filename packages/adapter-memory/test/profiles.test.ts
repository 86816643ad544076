import { inMemoryProfiles } from '../src/index.js'
import { dataHolderContract, decoded, inboundProfilesContract, succeed } from '@lethe/application/testing'
import { HolderName } from '@lethe/domain'
import { freshIds } from './fresh-ids.js'

const graph = decoded(HolderName, 'graph')

inboundProfilesContract('in memory', {
  ids: freshIds,
  open: async seed => {
    const { inboundProfiles, holder } = inMemoryProfiles(graph, seed)
    return {
      inboundProfiles,
      vanish: async (tenantId, userId) => {
        await succeed(
          holder.remove({ tenantId, requestId: freshIds.identifiers.requestId(), userId, onBehalfOf: null }),
        )
      },
    }
  },
})

dataHolderContract('in memory', {
  ids: freshIds,
  open: async seed => inMemoryProfiles(graph, seed).holder,
})
