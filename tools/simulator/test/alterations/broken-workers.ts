import type { PerformRemovalDeps } from '@lethe/application'
import {
  addSeconds,
  isOpen,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalRequestId,
  type RetrySchedule,
  type StoredRequest,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Alterations, unaltered } from '../../src/alterations.js'

type Load = PerformRemovalDeps['removalRequests']['load']

/** Changes what a worker believes to have loaded. */
const believing =
  (change: (request: RemovalRequest) => RemovalRequest): Alterations['worker'] =>
  deps => {
    const believed = (stored: StoredRequest): StoredRequest =>
      stored.state === 'unreadable' ? stored : change(stored)
    const load: Load = (tenantId, id) => async () => {
      const loaded = await deps.removalRequests.load(tenantId, id)()
      return E.isLeft(loaded) ? loaded : E.right(O.map(believed)(loaded.right))
    }
    return { ...deps, removalRequests: { ...deps.removalRequests, load } }
  }

/** A store that approves what nobody has approved. */
const approvesByItself: Alterations['store'] = store => ({
  ...store,
  removalRequests: {
    ...store.removalRequests,
    submit: submission => {
      const [requested, ...rest] = submission.events
      const approved: RemovalEvent | null =
        requested === undefined || rest.length > 0
          ? null
          : { ...requested, sequence: 2, type: 'removalApproved', data: { approvals: 0 } }
      return store.removalRequests.submit(
        approved === null ? submission : { ...submission, events: [...submission.events, approved] },
      )
    },
  },
})

/** Approves what nobody has approved: the second look at the approvals is all that is left. */
export const tampersWithApprovals = (): Alterations => ({ ...unaltered, store: approvesByItself })

/** The same, and a worker that does not look a second time. */
export const startsWithoutApprovals = (): Alterations => ({
  ...unaltered,
  store: approvesByItself,
  worker: believing(request => ({ ...request, policy: { mode: 'automatic' } })),
})

/** A worker that does not notice when a request has ended, and goes by what it once read. */
export const missesTheEnd = (): Alterations => {
  const read = new Map<RemovalRequestId, RemovalRequest>()
  return {
    ...unaltered,
    worker: believing(request => {
      if (request.state === 'removing') read.set(request.id, request)
      return isOpen(request.state) ? request : (read.get(request.id) ?? request)
    }),
  }
}

/** A worker that tells of holders what they did not say. */
export const makesHoldersUp = (): Alterations => ({
  ...unaltered,
  worker: deps => ({
    ...deps,
    dataHolders: {
      of: tenantId =>
        deps.dataHolders.of(tenantId).map(holder => ({
          ...holder,
          remove: removal => async () => {
            await holder.remove(removal)()
            return E.right('removed')
          },
        })),
    },
  }),
})

/** A worker whose clock shows a time that will be in a year. */
export const livesInTheFuture = (): Alterations => ({
  ...unaltered,
  worker: deps => ({ ...deps, clock: { now: () => addSeconds(deps.clock.now(), 365 * 86_400) } }),
})

/** A worker that goes on trying for longer than it was told. */
export const triesForTooLong = (): Alterations => {
  const longer = (schedule: RetrySchedule): RetrySchedule => ({
    ...schedule,
    giveUpAfterSeconds: 3 * schedule.giveUpAfterSeconds,
  })
  return {
    ...unaltered,
    worker: deps => ({ ...deps, attempts: longer(deps.attempts), readBacks: longer(deps.readBacks) }),
  }
}

/** A worker to which one look is enough, whatever the removal was started with. */
export const looksOnce = (): Alterations => ({
  ...unaltered,
  worker: believing(request => ({ ...request, absence: { looks: 1, seconds: 0 } })),
})
