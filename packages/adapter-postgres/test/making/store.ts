import { createSecretKey } from 'node:crypto'
import { historySeals, sha256Digest } from '@lethe/adapter-system'
import { openPostgresStore, type PostgresStoreSettings } from '../../src/index.js'
import { queue } from './queue.js'

/** What the histories of the tests are sealed with. */
const testSeals = historySeals([{ id: 'test', key: createSecretKey(Buffer.alloc(32, 7)) }])

/** Opens a store for a test: of everybody, unless it is told otherwise. */
export const openStoreOn = (url: string, changes: Partial<PostgresStoreSettings> = {}) =>
  openPostgresStore({
    url,
    passwordFile: null,
    connections: 8,
    applicationName: 'test',
    digest: sha256Digest,
    seals: testSeals,
    tenants: null,
    heldPerTenant: queue.heldPerTenant,
    supervise: false,
    superviseSeconds: 3600,
    onUnreadable: () => undefined,
    onMalformedJob: () => undefined,
    clock: null,
    onClock: () => undefined,
    onDefect: () => undefined,
    onJobsLeft: () => undefined,
    onProblem: () => undefined,
    ...changes,
  })
