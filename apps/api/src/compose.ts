import { entraTokens } from '@lethe/adapter-entra'
import { inMemoryApprovalPolicies } from '@lethe/adapter-memory'
import { randomIdentifiers, sha256Digest, systemClock } from '@lethe/adapter-system'
import {
  abandonRemoval,
  approveRemoval,
  type Clock,
  countOverdue,
  denyRemoval,
  expireRemovals,
  getHistory,
  getProfile,
  getRemovalRequest,
  listProfiles,
  listRemovalRequests,
  noSignIns,
  performRemoval,
  resumeRemovals,
  retryRemoval,
  type SealedSignIns,
  type SignIns,
  submitRemoval,
  withdrawRemoval,
} from '@lethe/application'
import { addSeconds, type RetrySchedule } from '@lethe/domain'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Logger } from 'pino'
import { bearerAuthentication } from './authentication.js'
import type { Config } from './config.js'
import type { DataPlane } from './data-plane.js'
import type { UseCases } from './http/app.js'
import type { Authenticate } from './http/doors.js'
import type { OpenStore } from './open-store.js'
import type { WorkerDeps } from './worker.js'

export interface Composition {
  readonly useCases: UseCases
  readonly authenticate: Authenticate
  readonly worker: WorkerDeps
}

/** Builds everything that the API and its worker run on. */
export const compose = (
  config: Config,
  { ports, leaseSeconds }: Pick<OpenStore, 'ports' | 'leaseSeconds'>,
  { inboundProfiles, dataHolders, delegation }: DataPlane,
  log: Logger,
): Composition => {
  const clock = systemClock
  const identifiers = randomIdentifiers
  const digest = sha256Digest
  const { removalRequests, jobs, subjects, actors, notes } = ports
  const approvalPolicies = inMemoryApprovalPolicies({
    approval: config.approval,
    expiresAfterDays: config.approvalExpiryDays,
  })
  const signIns = delegation?.signIns ?? nobodysSignIns(ports.signIns, clock)
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
    signIns,
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
      countOverdue: countOverdue(deps),
    },
    authenticate: bearerAuthentication(
      entraTokens({
        tenants: config.tenants,
        issuers: config.issuers,
        audiences: config.audiences,
        clock: Date.now,
      }).verify,
      delegation?.hear,
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
      resumeRemovals: resumeRemovals(deps),
      countOverdue: countOverdue(deps),
      signIns,
      tenants: config.tenants,
      concurrency: config.workerConcurrency,
      renewMilliseconds: (leaseSeconds * 1000) / 4,
      log,
    },
  }
}

/** Where everything is done in Lethe's own name nothing is kept; what another setting left behind goes when its time is up. */
const nobodysSignIns = (sealed: SealedSignIns, clock: Clock): SignIns => ({
  ...noSignIns,
  forgetOld: tenantId =>
    pipe(
      sealed.eraseKeptBefore(tenantId, addSeconds(clock.now(), -longestKeptSeconds)),
      TE.map(() => undefined),
    ),
})

const longestKeptSeconds = 86_400

const attemptsFor = (giveUpAfterSeconds: number): RetrySchedule => ({
  firstDelaySeconds: 5,
  factor: 2,
  longestDelaySeconds: 3600,
  giveUpAfterSeconds,
})

/** On a real Graph a profile may take days to go, or a moment: the first look is at once, then ever more rarely. */
const readBacksFor = (giveUpAfterSeconds: number): RetrySchedule => ({
  firstDelaySeconds: 2,
  factor: 2,
  longestDelaySeconds: 6 * 3600,
  giveUpAfterSeconds,
})
