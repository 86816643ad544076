import { entraTokens } from '@lethe/adapter-entra'
import { randomIdentifiers, sha256Digest, systemClock, systemTimer } from '@lethe/adapter-system'
import { openNetwork } from '@lethe/adapter-system/network'
import {
  type ApprovalPolicies,
  type Clock,
  failDeadRemoval,
  type FindPerson,
  findPersonIn,
  approveBatch,
  approveRemoval,
  closeRemoval,
  countOverdue,
  countUnreadable,
  denyBatch,
  denyRemoval,
  expireRemovals,
  forgetSignIns,
  getBatch,
  listBatches,
  getHistory,
  getProfile,
  getRemovalRequest,
  listProfiles,
  listRemovalRequests,
  noSignIns,
  performRemoval,
  readBacklog,
  reportWorker,
  resumeRemovals,
  retryBatch,
  retryRemoval,
  submitRemoval,
  viewOf,
  withdrawBatch,
  withdrawRemoval,
  workerUnseenFor,
} from '@lethe/application'
import type { RetrySchedule } from '@lethe/domain'
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

/**
 * Builds everything that the API and its worker run on.
 *
 * @param clock of events and sweeps.
 */
export const compose = (
  config: Config,
  { ports, leaseSeconds }: Pick<OpenStore, 'ports' | 'leaseSeconds'>,
  { inboundProfiles, dataHolders, delegation }: DataPlane,
  log: Logger,
  clock: Clock = systemClock,
): Composition => {
  const identifiers = randomIdentifiers
  const digest = sha256Digest
  const { removalRequests, batches, jobs, backlogs, subjects, actors, notes, sealedSignIns, paces } = ports
  const deps = {
    removalRequests,
    batches,
    subjects,
    actors,
    notes,
    clock,
    timer: systemTimer,
    identifiers,
    digest,
    dataHolders,
    inboundProfiles,
    signIns: delegation?.signIns ?? noSignIns,
    findPerson: alarming(findPersonIn({ subjects, digest }), log),
  }

  const deciding = { ...deps, atOnce: batchAtOnce }

  return {
    useCases: {
      listProfiles: listProfiles(deps),
      getProfile: getProfile(deps),
      submitRemoval: submitRemoval({
        ...deps,
        approvalPolicies: configuredPolicies(config),
        calendar: config.calendar,
      }),
      getRemovalRequest: getRemovalRequest(deps),
      listRemovalRequests: listRemovalRequests(deps),
      getHistory: getHistory(deps),
      approveRemoval: approveRemoval(deps),
      denyRemoval: denyRemoval(deps),
      listBatches: listBatches(deps),
      getBatch: getBatch(deps),
      approveBatch: approveBatch(deciding),
      denyBatch: denyBatch(deciding),
      retryBatch: retryBatch(deciding),
      withdrawBatch: withdrawBatch(deciding),
      withdrawRemoval: withdrawRemoval(deps),
      retryRemoval: retryRemoval(deps),
      closeRemoval: closeRemoval(deps),
      viewRemovalRequest: viewOf(deps),
      countOverdue: countOverdue(deps),
      countUnreadable: countUnreadable(deps),
      readBacklog: readBacklog({ backlogs }),
      workerUnseenFor: workerUnseenFor({ paces }),
    },
    authenticate: bearerAuthentication(
      entraTokens({
        tenants: config.tenants,
        issuers: config.issuers,
        audiences: config.audiences,
        clock: Date.now,
        fetch: openNetwork(config.proxies).fetch,
        onKeysFailed: problem => {
          log.warn(problem, 'signing keys not refreshed')
        },
      }).verify,
      delegation?.hear,
    ),
    worker: {
      jobs,
      performRemoval: performRemoval({
        ...deps,
        attempts: attemptsFor(config.attemptLimitSeconds),
        readBacks: readBacksFor(config.readBackLimitSeconds),
        absence: config.absence,
      }),
      failDeadRemoval: failDeadRemoval(deps),
      expireRemovals: expireRemovals(deps),
      resumeRemovals: resumeRemovals(deps),
      countOverdue: countOverdue(deps),
      countUnreadable: countUnreadable(deps),
      forgetSignIns: forgetSignIns({ sealedSignIns, clock }),
      reportWorker: reportWorker({ paces }),
      tenants: config.tenants,
      concurrency: config.workerConcurrency,
      renewMilliseconds: (leaseSeconds * 1000) / 4,
      log,
    },
  }
}

/** What the configuration asks for, of every tenant: one deployment has one policy, as it has one credential for Graph. */
const configuredPolicies = ({ approval, approvalExpiryDays }: Config): ApprovalPolicies => ({
  of: () => TE.right({ approval, expiresAfterDays: approvalExpiryDays }),
})

/** How many requests of a batch one call decides: a few seconds' worth, well within the patience of clients and proxies. */
const batchAtOnce = 2000

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

/** Logs that the store names somebody else than a request is about, no matter who finds it: nothing is done with the request. */
const alarming =
  (findPerson: FindPerson, log: Logger): FindPerson =>
  request =>
    pipe(
      findPerson(request),
      TE.tapIO(person => () => {
        const { tenantId, id: requestId } = request
        if (person === 'differs') log.error({ tenantId, requestId }, 'nothing is done: subjectDiffers')
      }),
    )
