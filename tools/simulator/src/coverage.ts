import type { FailureReason, RemovalEventType } from '@lethe/domain'
import { faults } from './faults.js'
import { type Counts, countOf, type Group } from './tally.js'

/** What many seeds must have seen, for the invariants to mean something. */
const events: Record<RemovalEventType, true> = {
  removalRequested: true,
  requestJoined: true,
  approvalGiven: true,
  removalApproved: true,
  removalDenied: true,
  removalWithdrawn: true,
  requestExpired: true,
  removalStarted: true,
  holderCleared: true,
  holderAttemptFailed: true,
  holderBlocked: true,
  holderFailed: true,
  readBackRecorded: true,
  absenceSeen: true,
  removalCompleted: true,
  removalFailed: true,
  removalRetried: true,
  removalAbandoned: true,
}
/** `notApproved` takes approvals that are missing under a sound seal, and `subjectErased` a person deleted by hand. */
const failures: Record<Exclude<FailureReason, 'notApproved' | 'subjectErased'>, true> = {
  refused: true,
  subjectDiffers: true,
  signInRequired: true,
  holderUnavailable: true,
  stillPresent: true,
  holderNotConfigured: true,
  workerFailed: true,
}
const ends = [
  'verifiedAbsent',
  'acceptedOnly',
  'failed',
  'denied',
  'withdrawn',
  'abandoned',
  'expired',
  'pendingApproval',
  'unreadable',
]
const answers = [
  'submit new',
  'submit joined',
  'submit joined with a batch',
  'submit joined what failed',
  'submit NotBatchMaker',
  'submit BatchClosed',
  'submit ProfileNotFound',
  'submit NotInbound',
  'submit ReceivedInFuture',
  'submit ReceivedLongAgo',
  'submit RequestUnreadable',
  'submit SubjectDiffers',
  'submit Throttled',
  'submit Unavailable',
  'submit not granted',
  'approve done',
  'approve RequestUnreadable',
  'approve SubjectDiffers',
  'approve SelfApproval',
  'approve WrongState',
  'approve RequestNotFound',
  'approve not granted',
  'deny done',
  'deny RequestUnreadable',
  'deny NoteRequired',
  'withdraw done',
  'withdraw RequestUnreadable',
  'withdraw SubjectDiffers',
  'withdraw NotSubmitter',
  'withdraw JoinedByOthers',
  'withdraw WrongState',
  'withdraw HolderCalled',
  'retry done',
  'retry RequestUnreadable',
  'retry SubjectDiffers',
  'retry WrongState',
  'close done',
  'close RequestUnreadable',
  'close NoHolderCalled',
  'close NoteRequired',
  'close WrongState',
  'close not granted',
  'get done',
  'get unreadable',
  'list done',
  'list with unreadable',
  'history done',
  'history broken',
  'submit joined what ended',
  'listBatches done',
  'preview done',
  'preview BatchNotFound',
  'approveBatch done',
  'approveBatch done in part',
  'approveBatch BatchChanged',
  'approveBatch BatchNotFound',
  'approveBatch NothingWaits',
  'approveBatch Unavailable',
  'approveBatch not granted',
  'denyBatch done',
  'denyBatch BatchChanged',
  'denyBatch NoteRequired',
  'batch gone on with',
  'withdrawBatch done',
  'withdrawBatch done in part',
  'withdrawBatch BatchNotFound',
  'retryBatch done',
  'eraseSubject done',
  'eraseActor done',
]
const calls = [
  'postpone',
  'fail',
  'renew',
  'receiveDead',
  'expiring',
  'resume',
  'overdue',
  'unreadable',
  'openFor',
  'notes.resolve',
  'batches.list',
  'batches.summary',
  'batches.close',
  'batches.members',
  'batches.refusalOf',
  'batches.hasDecided',
  'batches.requestFor',
]

const expected: Readonly<Partial<Record<Group, ReadonlyArray<string>>>> = {
  faults,
  events: Object.keys(events),
  ends,
  failures: Object.keys(failures),
  answers,
  calls,
}

/** How many seeds must have seen everything. */
export const seedsThatSeeAll = 500

/** What was never seen: each a weakness of the seeds, or of the simulator. */
export const unseenIn = (counts: Counts): ReadonlyArray<string> =>
  groups.flatMap(group =>
    (expected[group] ?? [])
      .filter(name => countOf(counts, group, name) === 0)
      .map(name => `${group}: ${name}`),
  )

const groups: ReadonlyArray<Group> = ['faults', 'events', 'ends', 'failures', 'answers', 'calls']
