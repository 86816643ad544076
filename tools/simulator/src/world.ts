import { inMemoryApprovalPolicies, inMemoryStore } from '@lethe/adapter-memory'
import type { TenantPolicy } from '@lethe/application'
import { type AbsenceRule, BatchId, type RetrySchedule } from '@lethe/domain'
import type { Alterations } from './alterations.js'
import type { Backstage } from './backstage.js'
import { createDeliveries } from './deliveries.js'
import { createHolderPark, type HolderPark } from './holder-park.js'
import { createKnownBatches } from './known-batches.js'
import { createKnownRequests } from './known-requests.js'
import { made } from './made.js'
import { drawnTenant } from './people.js'
import { createProcesses, type Processes } from './processes.js'
import type { Random } from './random.js'
import { rememberingDigest } from './remembering-digest.js'
import { drawnGuid, seededIdentifiers } from './seeded-identifiers.js'
import { createStage } from './stage.js'
import { createTampering, type Tampering } from './tampering.js'
import { startWorker } from './worker.js'
import { watchEvents } from './watch-events.js'
import { createWitness } from './witness.js'

/** Everything that there is in one seed. */
export interface World extends Backstage {
  readonly park: HolderPark
  readonly processes: Processes
  readonly tampering: Tampering
}

export const createWorld = (seed: number, alterations: Alterations, traced: boolean): World => {
  const stage = createStage(seed, traced)
  const { random, time } = stage
  const tenants = Array.from({ length: random.pick([1, 1, 2, 2, 2, 3]) }, (_, index) =>
    drawnTenant(random, `T${index + 1}`, random.pick([1, 2, 2, 3])),
  )
  const digest = rememberingDigest()
  const kept = alterations.store(
    inMemoryStore({
      digest,
      clock: time.clock,
      leaseSeconds: random.pick([30, 60]),
      heldPerTenant: random.pick([1, 2, 32]),
      mostDeliveries: random.pick([1, 2, 3, 20]),
    }),
  )
  const known = createKnownRequests()
  const park = createHolderPark(stage, tenants, alterations.data)
  const approvalPolicies = inMemoryApprovalPolicies(
    drawnPolicy(random),
    new Map(tenants.map(({ id }) => [id, drawnPolicy(random)])),
  )
  const deliveries = createDeliveries(random)
  const retries = { attempts: random.pick(schedules), readBacks: random.pick(schedules) }
  const absence = random.pick(absenceRules)
  const witness = createWitness(stage, known, {
    store: kept,
    digest,
    tenants: tenants.map(({ id }) => id),
    tell: watchEvents({ stage, known, park, policies: approvalPolicies, deliveries, schedules: retries }),
  })
  const identifiers = seededIdentifiers(random, time.clock)
  const { reading } = alterations
  const tampering = createTampering({ stage, known, tenants, kept, witness, digest, identifiers, reading })
  const habits = {
    concurrency: random.between(1, 3),
    idle: random.pick([60, 300]) * 1000,
    sweep: random.pick([6 * hour, day]) * 1000,
    dead: random.pick([180, hour]) * 1000,
    renew: random.pick([8000, 20_000]),
    limit: random.pick([1, 100]),
  }
  const processes = createProcesses(stage, deliveries, process => startWorker(world, process, habits))
  const world: World = {
    stage,
    tenants,
    guests: new Set(
      tenants.flatMap(({ people }) =>
        people.filter(({ caller }) => caller.guest).map(({ caller }) => caller.userId),
      ),
    ),
    store: alterations.seen(tampering.store),
    findPersonIn: reading.findPerson,
    tampering,
    known,
    batches: createKnownBatches(
      Array.from({ length: random.pick([2, 3]) }, () => made(BatchId, drawnGuid(random))),
    ),
    batchHabit: random.pick([4, 16, 40]),
    batchAtOnce: random.pick([1, 1, 2, 3]),
    witness,
    park,
    deliveries,
    dataHolders: park.dataHolders,
    inboundProfiles: park.inboundProfiles,
    approvalPolicies,
    identifiers,
    digest,
    ...retries,
    absence,
    processes,
    crash: processes.crash,
    alterWorker: alterations.worker,
    alterDeciding: alterations.deciding,
  }
  for (let apis = random.between(1, 2); apis > 0; apis -= 1) processes.start('api')
  for (let workers = random.between(1, 3); workers > 0; workers -= 1) processes.start('worker')
  return world
}

const hour = 3600
const day = 24 * hour

/** Few tries, far apart: a history stays short while the time to give up is long. */
const schedules: ReadonlyArray<RetrySchedule> = [
  { firstDelaySeconds: 60, factor: 6, longestDelaySeconds: 8 * hour, giveUpAfterSeconds: day },
  { firstDelaySeconds: 5, factor: 10, longestDelaySeconds: 2 * day, giveUpAfterSeconds: 7 * day },
  { firstDelaySeconds: 600, factor: 2, longestDelaySeconds: hour, giveUpAfterSeconds: 3 * hour },
]

const absenceRules: ReadonlyArray<AbsenceRule> = [
  { looks: 1, seconds: 0 },
  { looks: 2, seconds: 60 },
  { looks: 3, seconds: hour },
]

const drawnPolicy = (random: Random): TenantPolicy => ({
  approval: random.weighted<TenantPolicy['approval']>([
    [2, { mode: 'automatic' }],
    [4, { mode: 'approvers', required: 1 }],
    [3, { mode: 'approvers', required: 2 }],
    [1, { mode: 'approvers', required: 3 }],
  ]),
  expiresAfterDays: random.pick([null, 1, 40]),
})
