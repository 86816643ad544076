import { sha256Digest } from '@lethe/adapter-system'
import { openPostgresStore } from '../../src/index.js'
import { queue } from './queue.js'

/** Opens a store for a test. */
export const openStoreOn = (url: string, connections = 8) =>
  openPostgresStore({
    url,
    connections,
    applicationName: 'test',
    digest: sha256Digest,
    heldPerTenant: queue.heldPerTenant,
    supervise: false,
    superviseSeconds: 3600,
    onProblem: () => undefined,
  })
