import type { RemovalEventType, RemovalState } from '@lethe/domain'

/** The lifecycle of a request, written down a second time: which event may come in which state, and what may follow. */
const lifecycle: Record<
  RemovalState,
  Readonly<Partial<Record<RemovalEventType, ReadonlyArray<RemovalState>>>>
> = {
  pendingApproval: {
    requestJoined: ['pendingApproval'],
    approvalGiven: ['pendingApproval'],
    removalApproved: ['approved'],
    removalDenied: ['denied'],
    removalWithdrawn: ['withdrawn'],
    requestExpired: ['expired'],
  },
  approved: {
    requestJoined: ['approved'],
    removalStarted: ['removing'],
    removalWithdrawn: ['withdrawn'],
    removalFailed: ['failed'],
  },
  removing: {
    requestJoined: ['removing'],
    holderCleared: ['removing', 'verifying'],
    holderAttemptFailed: ['removing'],
    holderBlocked: ['removing'],
    holderFailed: ['removing'],
    removalFailed: ['failed'],
  },
  verifying: {
    requestJoined: ['verifying'],
    readBackRecorded: ['verifying'],
    absenceSeen: ['verifying'],
    holderBlocked: ['verifying'],
    holderFailed: ['verifying'],
    removalCompleted: ['completed'],
    removalFailed: ['failed'],
  },
  failed: {
    requestJoined: ['failed'],
    removalRetried: ['approved', 'removing', 'verifying'],
    removalWithdrawn: ['withdrawn'],
    removalAbandoned: ['abandoned'],
  },
  completed: {},
  denied: {},
  withdrawn: {},
  abandoned: {},
  expired: {},
}

/** Whether the lifecycle has that step; `null` is the state before the first event. */
export const isLifecycleStep = (
  from: RemovalState | null,
  type: RemovalEventType,
  to: RemovalState,
): boolean =>
  from === null
    ? type === 'removalRequested' && to === 'pendingApproval'
    : lifecycle[from][type]?.includes(to) === true
