import type { FailureReason, ReadBackResult, RemovalRequest } from '@lethe/domain'
import type { GraphRefusal, RemovalRefusal } from '../refusal.js'

/**
 * What a removal is to whoever waited for it to be verified; null where it is that.
 *
 * @param seconds for how long somebody waited.
 * @param lastReadBack what the profile was like when it was last read back; null where it was not.
 */
export const endingOf = (
  request: RemovalRequest,
  seconds: number,
  lastReadBack: ReadBackResult | null,
): GraphRefusal | RemovalRefusal | null => {
  switch (request.state) {
    case 'completed':
      return null
    case 'failed':
      return failed(request.failure.reason)
    case 'verifying':
      return lastReadBack === 'present'
        ? { _tag: 'GraphStillPresent', seconds }
        : { _tag: 'GraphUnavailable', retryAfterSeconds: null }
    case 'removing':
      return request.holders.some(holder => holder.unknownOutcome)
        ? { _tag: 'GraphOutcomeUnknown' }
        : { _tag: 'GraphUnavailable', retryAfterSeconds: null }
    case 'approved':
    case 'pendingApproval':
    case 'denied':
    case 'withdrawn':
    case 'expired':
      return { _tag: 'GraphRemovalInterrupted' }
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
    case 'notApproved':
    case 'workerFailed':
      return { _tag: 'GraphRemovalFailed', reason }
  }
}
