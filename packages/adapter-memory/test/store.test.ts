import { inMemoryStore } from '../src/index.js'
import { sha256Digest } from '@lethe/adapter-system'
import {
  actorsContract,
  backlogsContract,
  jobsContract,
  notesContract,
  type OpenStore,
  paceStatesContract,
  batchesContract,
  removalRequestsContract,
  sealedSignInsContract,
  subjectsContract,
} from '@lethe/application/testing'
import { freshIds } from './fresh-ids.js'
import { movableClock } from './movable-clock.js'

const queue = { leaseSeconds: 30, heldPerTenant: 40, mostDeliveries: 5 }

/** One store for all tests of the file, as a database would be. */
const clock = movableClock()
const store = inMemoryStore({ digest: sha256Digest, clock, ...queue })

const open: OpenStore = async () => ({
  store,
  ids: freshIds,
  digest: sha256Digest,
  clock: { now: clock.now, advance: async seconds => clock.advance(seconds) },
  letLeasesRunOut: async () => clock.advance(queue.leaseSeconds + 600),
  queue,
})

removalRequestsContract('in memory', open)
batchesContract('in memory', open)
jobsContract('in memory', open)
backlogsContract('in memory', open)
actorsContract('in memory', open)
subjectsContract('in memory', open)
notesContract('in memory', open)
paceStatesContract('in memory', open)
sealedSignInsContract('in memory', open)
