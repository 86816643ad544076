import { dataHolderContract, inboundProfilesContract, type ProfileSeed } from '@lethe/application/testing'
import { graphDataHolder, graphInboundProfiles } from '../src/index.js'
import { makeClient } from './making/client.js'
import { freshIds } from './making/fresh-ids.js'
import { graphServer, type GraphServerOptions } from './making/graph-server.js'

const profilesOf = (options: GraphServerOptions) => async (seed: ProfileSeed) => {
  const { root, vanish } = await graphServer(seed, options)
  const { client } = makeClient(root)
  return {
    inboundProfiles: graphInboundProfiles(client, { pageSizes: options.takesTop }),
    vanish: async (...who: Parameters<typeof vanish>) => vanish(...who),
  }
}

inboundProfilesContract('Graph that pages as it likes', {
  ids: freshIds,
  open: profilesOf({ pageSize: 4, takesTop: false }),
})

inboundProfilesContract('Graph that takes page sizes', {
  ids: freshIds,
  open: profilesOf({ pageSize: 100, takesTop: true }),
})

dataHolderContract('Graph', {
  ids: freshIds,
  open: async seed => graphDataHolder(makeClient((await graphServer(seed)).root).client),
})
