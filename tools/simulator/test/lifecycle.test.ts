import { describe, expect, it } from 'vitest'
import { isLifecycleStep } from '../src/lifecycle.js'

describe('the lifecycle, written down a second time', () => {
  it.each([
    [null, 'removalRequested', 'pendingApproval'],
    ['pendingApproval', 'removalApproved', 'approved'],
    ['approved', 'removalStarted', 'removing'],
    ['removing', 'requestJoined', 'removing'],
    ['failed', 'requestJoined', 'failed'],
    ['removing', 'holderCleared', 'verifying'],
    ['verifying', 'removalCompleted', 'completed'],
    ['verifying', 'removalFailed', 'failed'],
    ['failed', 'removalRetried', 'verifying'],
    ['failed', 'removalWithdrawn', 'withdrawn'],
    ['failed', 'removalAbandoned', 'abandoned'],
  ] as const)('takes a request that is %s by %s to %s', (from, type, to) => {
    expect(isLifecycleStep(from, type, to)).toBe(true)
  })

  it.each([
    [null, 'removalApproved', 'approved'],
    ['pendingApproval', 'removalRequested', 'pendingApproval'],
    ['pendingApproval', 'removalStarted', 'removing'],
    ['approved', 'requestExpired', 'expired'],
    ['removing', 'removalWithdrawn', 'withdrawn'],
    ['removing', 'removalCompleted', 'completed'],
    ['verifying', 'holderCleared', 'verifying'],
    ['failed', 'removalRetried', 'completed'],
    ['completed', 'removalRetried', 'approved'],
    ['denied', 'requestJoined', 'denied'],
    ['failed', 'requestJoined', 'removing'],
    ['withdrawn', 'removalStarted', 'removing'],
    ['removing', 'removalAbandoned', 'abandoned'],
    ['abandoned', 'removalRetried', 'removing'],
  ] as const)('takes no request that is %s by %s to %s', (from, type, to) => {
    expect(isLifecycleStep(from, type, to)).toBe(false)
  })
})
