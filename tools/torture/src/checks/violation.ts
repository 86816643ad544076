/** What must hold, whatever is killed and when. */
export const rules = {
  acknowledgedIsStored: 'every request that a client was told of is in the database',
  acknowledgedIsServed: 'every request that a client was told of can be read',
  acknowledgedIsRecorded:
    'everything that a client was told of is in the history, and by that person: submissions that joined, too',
  effectIsApproved: 'the holder was never asked for a request without the approvals that its policy asks for',
  approvedEnds: 'each approved request came to an end',
  oneEffect: 'the data of each person whose request completed went exactly once',
  neverBlind: 'nobody is removed again whose data is gone: what is not known is read, and not sent again',
  effectIsWanted: 'no data went for a request that never started',
  chainVerifies: 'every history is whole and unchanged',
  servedAsStored: 'what is served of a request is what is stored, and its history is said to be intact',
  tamperedIsLeftAlone:
    'nothing is done any more with a request whose history was tampered with, or whose person was exchanged',
  tamperedIsShown: 'what was tampered with is shown as unreadable',
  projectionIsFold: 'what is stored of the state of a request is the fold of its events',
  jobIsThere: 'at no moment a request waits for work and has no job',
  writtenTogether: 'what is written of a request in one transaction is there together',
  oneOpenRequest: 'a profile has one open request at most',
  oneRequestInBatch: 'a profile has one request in a batch at most, whatever became of it',
  batchHasOneMaker: 'the one who made a batch adds to it, and nobody else',
  closedBatchStays: 'a batch that is closed holds what it held then',
  batchIsServedAsStored:
    'what is served of a batch is what is stored of its requests, and to its tenant alone',
  batchDecidesWhatWasShown: 'nobody decided a request with a batch that it was not in when they saw it',
  acknowledgedBatchIsDecided: 'of a batch whose decision a client was told of, nothing waits for them',
  queueIsDone: 'no job is left that anybody would still have to do',
  connections:
    'there are no more connections to the database than the processes may open, and none idles in a transaction',
  becomesQuiet: 'once nothing is killed any more, no work is left that nobody does',
  noBugs: 'no process logs an unexpected error',
  endsOnlyWhenKilled: 'no process ends by itself, and each one stops when it is told to',
  nothingIsLeft: 'no process, port or folder of the run is left',
} as const
export type Rule = keyof typeof rules

/** A rule that was broken, and how that showed. */
export interface Violation {
  readonly rule: Rule
  readonly saw: string
}

export const violation = (rule: Rule, saw: string): Violation => ({ rule, saw })
