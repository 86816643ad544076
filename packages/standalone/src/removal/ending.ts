import {
  type FailureReason,
  type Instant,
  type Job,
  millisecondsOf,
  type ReadBackResult,
  type RemovalRequest,
} from '@lethe/domain'
import type { GraphRefusal, RemovalRefusal } from '../refusal.js'

/**
 * What a removal is to whoever waited for it to be verified; null where it is that.
 *
 * @param seconds for how long somebody waited.
 * @param lastReadBack what the profile was like when it was last read back; null where it was not.
 * @param now when the waiting ended.
 */
export const endingOf = (
  request: RemovalRequest,
  seconds: number,
  lastReadBack: ReadBackResult | null,
  now: Instant,
): GraphRefusal | RemovalRefusal | null => {
  switch (request.state) {
    case 'completed':
      return null
    case 'failed':
      return failed(request.failure.reason)
    case 'verifying':
      return lastReadBack === 'present' ? { _tag: 'GraphStillPresent', seconds } : later(request.job, now)
    case 'removing':
      return request.holders.some(holder => holder.unknownOutcome)
        ? { _tag: 'GraphOutcomeUnknown' }
        : later(request.job, now)
    case 'approved':
    case 'pendingApproval':
    case 'denied':
    case 'withdrawn':
    case 'abandoned':
    case 'expired':
      return { _tag: 'GraphRemovalInterrupted' }
  }
}

/** When there is something to do again, as far as that is known: before, the same command would do nothing. */
const later = ({ notBefore }: Job, now: Instant): GraphRefusal => {
  const milliseconds = notBefore === null ? 0 : millisecondsOf(notBefore) - millisecondsOf(now)
  return {
    _tag: 'GraphUnavailable',
    retryAfterSeconds: milliseconds > 0 ? Math.ceil(milliseconds / 1000) : null,
  }
}

const failed = (reason: FailureReason): GraphRefusal | RemovalRefusal => {
  switch (reason) {
    case 'signInRequired':
      return { _tag: 'GraphSignInRequired' }
    case 'refused':
      return { _tag: 'GraphRefused' }
    case 'holderUnavailable':
      return { _tag: 'GraphUnavailable', retryAfterSeconds: null }
    case 'stillPresent':
    case 'holderNotConfigured':
    case 'subjectErased':
    case 'subjectDiffers':
    case 'notApproved':
    case 'workerFailed':
      return { _tag: 'GraphRemovalFailed', reason }
  }
}
