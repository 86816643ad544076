/** What holds after every step and at the end of every seed, by name. */
export const invariants = {
  acknowledgedSubmissionExists: 'a request whose submission was acknowledged exists, for ever after',
  acknowledgedActIsRecorded: 'what somebody was told is done is in the history',
  answersFit: 'what somebody is shown, or refused, fits what is stored',
  policyIsTheTenants: 'a request goes by the policy of its tenant, and by the calendar',
  oneOpenRequest: 'a profile has at most one open request',
  oneRequestInBatch:
    'a profile has at most one request in a batch, whatever became of it, until its person is erased',
  batchHasOneMaker: 'the one who made a batch adds to it, and nobody else',
  closedBatchStays: 'nothing is added to a batch once it is closed',
  earliestReceiptCounts: 'the deadlines of a request are those of the earliest receipt that anybody named',
  joinAddsSomething: 'a join is recorded where it brings another asker, an earlier receipt or a batch',
  acknowledgedJoinIsRecorded:
    'the one who was told that they joined is in the history, with what they brought',
  batchIsExact: 'what is said of a batch is what is in it',
  batchDecidesWhatWasShown:
    'a decision of a batch touches nothing that was not in it when its digest was taken',
  changedBatchIsLeftAlone:
    'a decision of a batch is refused where the batch changed, and only then, and changes nothing',
  acknowledgedBatchIsDecided: 'a batch whose decision came to its end is decided as far as it can be',
  removalIsApproved:
    'no holder is asked to remove without the approvals that the policy of the request asked for',
  fourEyes: 'approvals come from different people, none of them a guest or whoever asked',
  removalIsCurrent: 'no holder is asked to remove for a request that had ended when the worker last read it',
  removalIsPlanned: 'holders are asked to remove the person of the request, and only those of its plan',
  holderIsNotHurried: 'no holder is called before the moment that was set for it',
  holderSaidSo: 'what is recorded of a holder is what it said since the removal was started',
  callsAreRecorded: 'what is recorded of calls to holders is what they were asked',
  triesKeepTheirTime: 'the next try waits for those before it, and is never later than trying is given up',
  failureIsSettled: 'a removal fails when there is nothing left that could still work',
  onlyDeadJobsFail: 'a removal is given up only when the very job that it waits for is dead',
  chainVerifies: 'every history is complete and unchanged',
  replayEqualsLoad: 'the events of a request fold to what is loaded',
  historyOnlyGrows: 'what was once in a history stays as it was',
  versionNeverGoesBack: 'no request is ever seen older than it was',
  appendNamesItsVersion: 'nothing is appended on another version than it was decided on',
  lifecycle: 'a request changes its state only as the lifecycle allows',
  absenceIsReal: 'what is verified as absent is absent, unless it was shared anew',
  absenceKeepsItsRule:
    'what is verified as absent was found so as often, and over as long, as the rule of its removal asks for',
  openSubjectIsKept: 'whom an open request is about can be found out',
  tamperedIsLeftAlone:
    'no holder is called for a request that was tampered with, and nothing recorded but its end where its person was exchanged',
  tamperedIsShown:
    'a request that was tampered with is shown as one that cannot be read, or as one about nobody',
  tamperedStopsNobody: 'what was tampered with keeps nobody from being answered, nor from all the rest',
  tenantIsolation: 'nobody but its tenant sees a request',
  listIsExact: 'a list holds exactly the requests that exist and are asked for',
  nothingThrows: 'nothing throws',
  comesToQuiet: 'a world without faults comes to rest',
  approvedRequestEnds:
    'an approved request reaches an end, and no end that something could still be done about',
  undecidedRequestExpires: 'a request that nobody decided in its time is expired',
  oneEffect: 'a person is removed from a holder once, however often it was asked',
  queueIsEmpty: 'no job is left when everything has come to its end',
} as const
export type Invariant = keyof typeof invariants

/** An invariant that does not hold, and what showed it. */
export interface Violation {
  readonly invariant: Invariant
  readonly saw: string
}
