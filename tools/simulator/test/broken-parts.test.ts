import { describe, expect, it } from 'vitest'
import type { Alterations } from '../src/alterations.js'
import { invariants, type Violation } from '../src/invariants.js'
import { simulateSeed } from '../src/simulate-seed.js'
import * as batches from './alterations/broken-batches.js'
import { altersAnEvent, cutsTheTail, rewritesHistory } from './alterations/broken-histories.js'
import { liesAboutAbsence, removesTwice } from './alterations/broken-holders.js'
import {
  forgetsPeople,
  knowsNobodyAgain,
  mixesUpPeople,
  namesSomebodyElse,
} from './alterations/broken-people.js'
import { buriesDeadJobs, hidesJobs, keepsJobs, losesJobs } from './alterations/broken-queues.js'
import { blamesWorkers, deniesCalls, failsAtOnce } from './alterations/broken-records.js'
import * as readings from './alterations/broken-readings.js'
import * as joins from './alterations/broken-joins.js'
import * as stores from './alterations/broken-stores.js'
import * as workers from './alterations/broken-workers.js'

const mostSeeds = 400

/** The invariants that are violated in the seeds from 1 on, up to the first seed that violates this one. */
const violatedUpTo = async (
  invariant: Violation['invariant'],
  broken: () => Alterations,
  seeds = mostSeeds,
): Promise<ReadonlyArray<Violation['invariant']>> => {
  const violated: Array<Violation['invariant']> = []
  for (let seed = 1; seed <= seeds && violated.at(-1) !== invariant; seed += 1) {
    const { violation } = await simulateSeed(seed, broken())
    if (violation !== null) violated.push(violation.invariant)
  }
  return violated
}

const brokenParts = [
  ['a store that loses an acknowledged submission', stores.losesSubmissions, 'acknowledgedSubmissionExists'],
  ['a store that forgets a request', stores.forgetsRequests, 'acknowledgedSubmissionExists'],
  ['a store that accepts an append with a stale version', stores.takesStaleAppends, 'appendNamesItsVersion'],
  ['a store that loses an acknowledged act', stores.losesAppends, 'acknowledgedActIsRecorded'],
  ['a store that lets a second request in', stores.letsASecondRequestIn, 'oneOpenRequest'],
  ['a store that loads old versions', stores.loadsOldVersions, 'versionNeverGoesBack'],
  ['a store that mixes tenants', stores.mixesTenants, 'tenantIsolation'],
  ['a store that lists too few', stores.listsTooFew, 'listIsExact'],
  ['a store that never finds what expires', stores.neverExpires, 'undecidedRequestExpires'],
  ['a store that loads what did not happen', stores.changesWhatIsLoaded, 'replayEqualsLoad'],
  ['a store that throws', stores.throwsNowAndThen, 'nothingThrows'],
  ['a history with an altered event', altersAnEvent, 'chainVerifies'],
  ['a history without its tail', cutsTheTail, 'chainVerifies'],
  ['a history that was written anew', rewritesHistory, 'historyOnlyGrows'],
  ['actors who are not known again', knowsNobodyAgain, 'fourEyes'],
  ['a worker that mixes up people', mixesUpPeople, 'removalIsPlanned'],
  ['a store that finds no open request', stores.findsNoOpenRequest, 'answersFit'],
  ['a store that lets people join what has ended', stores.joinsWhatHasEnded, 'answersFit'],
  ['policies that are mixed up', stores.changesPolicies, 'policyIsTheTenants'],
  ['people who are forgotten too early', forgetsPeople, 'openSubjectIsKept'],
  ['a store that names somebody else', namesSomebodyElse, 'openSubjectIsKept'],
  ['hashes that nobody makes anew', readings.believesEveryHash, 'tamperedIsLeftAlone'],
  ['seals that nobody checks', readings.believesEverySeal, 'tamperedIsLeftAlone'],
  ['commitments that nobody checks', readings.believesEveryName, 'tamperedIsLeftAlone'],
  ['hashes that nobody makes anew for people', readings.believesEveryHash, 'tamperedIsShown'],
  ['seals that nobody checks for people', readings.believesEverySeal, 'tamperedIsShown'],
  ['a list that stops at what it cannot read', readings.listsNothingBesideIt, 'tamperedStopsNobody'],
  ['a sweep that stops at what it cannot read', readings.expiresNothingBesideIt, 'undecidedRequestExpires'],
  ['a store that breaks down at what it cannot read', readings.breaksDownAtIt, 'tamperedStopsNobody'],
  ['a queue that keeps jobs of what cannot be read', readings.keepsItsJobs, 'queueIsEmpty'],
  [
    'a store that lets a second request into a batch',
    batches.letsASecondRequestIntoABatch,
    'oneRequestInBatch',
  ],
  ['a digest that is not of all', batches.digestsTooLittle, 'batchIsExact'],
  ['a digest that is remembered for ever', batches.remembersDigests, 'batchIsExact'],
  ['a batch that counts what is open', batches.countsWhatIsOpen, 'batchIsExact'],
  ['a store that forgets batches', batches.forgetsBatches, 'batchIsExact'],
  ['a store that finds nobody in a batch', batches.findsNobodyInABatch, 'batchIsExact'],
  ['a batch that anybody adds to', batches.takesAnybodyForTheMaker, 'batchHasOneMaker'],
  ['a batch that is never closed', batches.closesNothing, 'closedBatchStays'],
  ['a receipt that moves nothing', joins.keepsTheDueDate, 'earliestReceiptCounts'],
  ['a join that adds nothing', joins.recordsPlainRepeats, 'joinAddsSomething'],
  ['a join that is lost', joins.losesJoins, 'acknowledgedJoinIsRecorded'],
  ['a list of batches that ends too early', batches.listsOnePageOfBatches, 'listIsExact'],
  ['a list of batches that minds no state', batches.listsAllBatches, 'listIsExact'],
  ['batches that mix tenants', batches.mixesTenants, 'tenantIsolation'],
  ['a decision of whatever is there', batches.comparesNoDigest, 'batchDecidesWhatWasShown'],
  ['a decision that mixes batches', batches.mixesBatches, 'batchDecidesWhatWasShown'],
  ['a digest that is not compared', batches.comparesNoDigest, 'changedBatchIsLeftAlone'],
  ['a decision that finds every batch changed', batches.refusesEveryBatch, 'changedBatchIsLeftAlone'],
  ['a decision that leaves some out', batches.leavesSomeOut, 'acknowledgedBatchIsDecided'],
  ['a queue that loses jobs', losesJobs, 'approvedRequestEnds'],
  ['a queue that keeps jobs', keepsJobs, 'comesToQuiet'],
  ['a queue that hides jobs', hidesJobs, 'queueIsEmpty'],
  ['a queue that buries dead jobs', buriesDeadJobs, 'approvedRequestEnds'],
  ['a worker that starts without approvals', workers.startsWithoutApprovals, 'removalIsApproved'],
  ['approvals that nobody gave', workers.tampersWithApprovals, 'removalIsApproved'],
  ['a worker that misses the end of a request', workers.missesTheEnd, 'removalIsCurrent'],
  ['a worker that makes up what holders say', workers.makesHoldersUp, 'holderSaidSo'],
  ['a worker that lives in the future', workers.livesInTheFuture, 'holderIsNotHurried'],
  ['a worker that tries for too long', workers.triesForTooLong, 'triesKeepTheirTime'],
  ['a worker that looks once', workers.looksOnce, 'absenceKeepsItsRule'],
  ['a record that denies calls', deniesCalls, 'callsAreRecorded'],
  ['a record that blames the worker', blamesWorkers, 'onlyDeadJobsFail'],
  ['a record that fails at once', failsAtOnce, 'failureIsSettled'],
  ['a holder whose effect is applied twice', removesTwice, 'oneEffect'],
  ['a holder that lies about absence', liesAboutAbsence, 'absenceIsReal'],
] as const

describe('what is broken on purpose is caught, and by its name', () => {
  it.each(brokenParts)('%s', async (_, broken, invariant) => {
    expect(await violatedUpTo(invariant, broken)).toContain(invariant)
  })

  it('asks no holder to remove whom the store wrongly names', async () => {
    const violated = await violatedUpTo('removalIsPlanned', namesSomebodyElse, 60)

    expect(violated).toContain('openSubjectIsKept')
    expect(violated).not.toContain('removalIsPlanned')
    expect(violated).not.toContain('oneEffect')
  })

  it('leaves no invariant that nothing has shown to fail, but for one', () => {
    const shown = new Set<string>(brokenParts.map(([, , invariant]) => invariant))

    // No store can take a request where the domain does not let it go; the table of the lifecycle is tested by itself.
    expect(Object.keys(invariants).filter(invariant => !shown.has(invariant))).toStrictEqual(['lifecycle'])
  })
})
