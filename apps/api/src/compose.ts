import { entraTokens } from '@lethe/adapter-entra'
import { inMemoryApprovalPolicies, inMemoryProfiles, inMemoryStore } from '@lethe/adapter-memory'
import { randomIdentifiers, sha256Digest, systemClock } from '@lethe/adapter-system'
import {
  abandonRemoval,
  approveRemoval,
  type DataHolders,
  denyRemoval,
  expireRemovals,
  getHistory,
  getProfile,
  getRemovalRequest,
  listProfiles,
  listRemovalRequests,
  performRemoval,
  retryRemoval,
  submitRemoval,
  withdrawRemoval,
} from '@lethe/application'
import { HolderName, type InboundSharedUserProfile, type RetrySchedule, type TenantId } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Logger } from 'pino'
import { bearerAuthentication } from './authentication.js'
import type { Config } from './config.js'
import type { UseCases } from './http/app.js'
import type { Authenticate } from './http/doors.js'
import type { WorkerDeps } from './worker.js'

export interface Composition {
  readonly useCases: UseCases
  readonly authenticate: Authenticate
  readonly worker: WorkerDeps
}

/** The inbound shared user profiles that the data plane in memory starts with. */
export type Profiles = ReadonlyMap<TenantId, ReadonlyArray<InboundSharedUserProfile>>

/** Builds everything that the API runs on: for now, over the adapters in memory. */
export const compose = (config: Config, profiles: Profiles, log: Logger): Composition => {
  const clock = systemClock
  const identifiers = randomIdentifiers
  const digest = sha256Digest
  const { removalRequests, jobs, subjects, actors, notes } = inMemoryStore({ digest, clock })
  const { inboundProfiles, holder } = inMemoryProfiles(graphHolder, profiles)
  const dataHolders: DataHolders = { of: () => [holder] }
  const approvalPolicies = inMemoryApprovalPolicies({
    approval: config.approval,
    expiresAfterDays: config.approvalExpiryDays,
  })
  const deps = {
    removalRequests,
    subjects,
    actors,
    notes,
    clock,
    identifiers,
    digest,
    dataHolders,
    inboundProfiles,
  }

  return {
    useCases: {
      listProfiles: listProfiles(deps),
      getProfile: getProfile(deps),
      submitRemoval: submitRemoval({ ...deps, approvalPolicies, calendar: config.calendar }),
      getRemovalRequest: getRemovalRequest(deps),
      listRemovalRequests: listRemovalRequests(deps),
      getHistory: getHistory(deps),
      approveRemoval: approveRemoval(deps),
      denyRemoval: denyRemoval(deps),
      withdrawRemoval: withdrawRemoval(deps),
      retryRemoval: retryRemoval(deps),
    },
    authenticate: bearerAuthentication(
      entraTokens({
        tenants: config.tenants,
        issuers: config.issuers,
        audiences: config.audiences,
        clock: Date.now,
      }).verify,
    ),
    worker: {
      jobs,
      performRemoval: performRemoval({
        ...deps,
        attempts: attemptsFor(config.attemptLimitSeconds),
        readBacks: readBacksFor(config.readBackLimitSeconds),
      }),
      abandonRemoval: abandonRemoval(deps),
      expireRemovals: expireRemovals(deps),
      tenants: config.tenants,
      concurrency: 16,
      renewMilliseconds: 15_000,
      log,
    },
  }
}

/** The name under which Microsoft Graph appears in plans and histories. */
const graphHolder: HolderName = (() => {
  const decoded = HolderName.decode('graph')
  if (E.isLeft(decoded)) throw new Error('graph is a holder name')
  return decoded.right
})()

const attemptsFor = (giveUpAfterSeconds: number): RetrySchedule => ({
  firstDelaySeconds: 5,
  factor: 2,
  longestDelaySeconds: 3600,
  giveUpAfterSeconds,
})

/** On a real Graph a profile may take days to go: the first look is at once, then ever more rarely. */
const readBacksFor = (giveUpAfterSeconds: number): RetrySchedule => ({
  firstDelaySeconds: 30,
  factor: 2,
  longestDelaySeconds: 6 * 3600,
  giveUpAfterSeconds,
})
