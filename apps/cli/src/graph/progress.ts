import type { RemovalRequest } from '@lethe/domain'

/** How a removal stands, in words for whoever waits. */
export const progressOf = (request: RemovalRequest): string => {
  switch (request.state) {
    case 'pendingApproval':
    case 'approved':
      return 'recorded; nothing was sent yet.'
    case 'removing':
      return request.holders.some(holder => holder.unknownOutcome)
        ? 'nobody knows whether the removal took effect: the profile is looked at before anything is sent again.'
        : 'Graph cannot do it now; trying again.'
    case 'verifying':
      return 'Graph took the removal; the profile is not gone yet, or cannot be read. Looking again.'
    case 'completed':
      return 'the profile was read back: it is gone.'
    case 'failed':
      return `the removal failed (${request.failure.reason}).`
    case 'denied':
    case 'withdrawn':
    case 'abandoned':
    case 'expired':
      return `the removal ended ${request.state}.`
  }
}
