import type { Jobs, RemovalRequests, StorePorts } from '@lethe/application'
import type { RemovalEvent } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Commit } from '../kill-points.js'
import { between, type KillSwitch } from './kill-switch.js'

/**
 * The ports of a store, with a kill point before and after each commit and each acknowledgement to the queue.
 *
 * @param onAsked is told each time that the queue was asked for jobs and answered.
 */
export const killingStore = (ports: StorePorts, killer: KillSwitch, onAsked: () => void): StorePorts => ({
  ...ports,
  removalRequests: killingRequests(ports.removalRequests, killer),
  jobs: killingJobs(ports.jobs, killer, onAsked),
})

const killingRequests = (requests: RemovalRequests, killer: KillSwitch): RemovalRequests => ({
  ...requests,
  submit: submission =>
    between(killer, 'commit submit')(
      requests.submit(submission),
      done => E.isRight(done) && !done.right.joined,
    ),
  append: append => between(killer, `commit ${commitOf(append.events)}`)(requests.append(append)),
})

/** What an append is of: its last event tells most, but for an end that a holder brought about. */
const commitOf = (events: ReadonlyArray<RemovalEvent>): Commit => {
  const last = events.at(-1)
  if (last === undefined) throw new Error('An append holds an event')
  switch (last.type) {
    case 'removalRequested':
      return 'submit'
    case 'requestJoined':
      return 'join'
    case 'approvalGiven':
      return 'approve'
    case 'removalApproved':
      return 'approveLast'
    case 'removalDenied':
      return 'deny'
    case 'removalWithdrawn':
      return 'withdraw'
    case 'removalRetried':
      return 'retry'
    case 'removalAbandoned':
      return 'close'
    case 'requestExpired':
      return 'expire'
    case 'removalStarted':
      return 'start'
    case 'holderCleared':
    case 'holderAttemptFailed':
    case 'holderBlocked':
    case 'holderFailed':
      return 'result'
    case 'readBackRecorded':
    case 'absenceSeen':
      return 'readBack'
    case 'removalCompleted':
      return 'complete'
    case 'removalFailed':
      return last.data.reason === 'workerFailed' ? 'failDead' : 'fail'
  }
}

const killingJobs = (jobs: Jobs, killer: KillSwitch, onAsked: () => void): Jobs => ({
  // To die with nothing in hand proves nothing.
  receive: limit =>
    between(killer, 'jobs receive')(jobs.receive(limit), done => {
      if (E.isRight(done)) onAsked()
      return E.isRight(done) && done.right.length > 0
    }),
  receiveDead: limit =>
    between(killer, 'jobs receiveDead')(
      jobs.receiveDead(limit),
      done => E.isRight(done) && done.right.length > 0,
    ),
  complete: receipt => between(killer, 'jobs complete')(jobs.complete(receipt)),
  // It is told of while the database is gone, and then fails itself.
  fail: receipt => between(killer, 'jobs fail')(jobs.fail(receipt), () => true),
  postpone: (receipt, until) => between(killer, 'jobs postpone')(jobs.postpone(receipt, until)),
  renew: receipts => between(killer, 'jobs renew')(jobs.renew(receipts)),
})
