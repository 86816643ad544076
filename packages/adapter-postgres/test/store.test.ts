import {
  actorsContract,
  backlogsContract,
  jobsContract,
  notesContract,
  paceStatesContract,
  batchesContract,
  removalRequestsContract,
  sealedSignInsContract,
  subjectsContract,
} from '@lethe/application/testing'
import { afterAll, beforeAll } from 'vitest'
import { type HarnessWithDatabase, openIn, postgresHarness } from './making/harness.js'

let harness: HarnessWithDatabase
beforeAll(async () => {
  harness = await postgresHarness()
})
afterAll(async () => {
  await harness.close()
})

const open = openIn(() => harness)

removalRequestsContract('on PostgreSQL', open)
batchesContract('on PostgreSQL', open)
jobsContract('on PostgreSQL', open)
backlogsContract('on PostgreSQL', open)
actorsContract('on PostgreSQL', open)
subjectsContract('on PostgreSQL', open)
notesContract('on PostgreSQL', open)
paceStatesContract('on PostgreSQL', open)
sealedSignInsContract('on PostgreSQL', open)
