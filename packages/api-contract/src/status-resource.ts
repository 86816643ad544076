import { BlockedBy } from '@lethe/domain'
import * as t from 'io-ts'
import { DateTime } from './date-time.js'
import { openWord } from './open-word.js'

/** How calls to Microsoft Graph fare: made, not made because they failed, or tried again. */
export const GraphState = t.keyof({ closed: null, open: null, halfOpen: null }, 'GraphState')

/** How the caller's tenant stands. */
export const StatusResource = t.strict(
  {
    /** Open requests that are past their due date. */
    overdue: t.number,
    /** Requests whose history could not be read when they were last looked at: nothing is done with them. */
    unreadable: t.number,
    /** Jobs of the tenant's removals. */
    queue: t.strict({
      /** How many are due, and wait for a worker. */
      waiting: t.number,
      /** For how many seconds the first of those has been due; null where none waits. */
      longestWaitSeconds: t.union([t.number, t.null]),
      /** How many a worker is at. */
      held: t.number,
    }),
    /** The workers that serve the tenant. */
    worker: t.strict({
      /** For how many seconds none has been seen, at most a few while one is there; null where none ever was. */
      unseenSeconds: t.union([t.number, t.null]),
    }),
    /** Calls for the tenant, as the process that answers and the others found them; null where it makes none. */
    graph: t.union([
      t.strict({
        /** The state of the circuit breaker. */
        state: openWord(GraphState),
        /** When it last changed; null where it never did. */
        sinceDateTime: t.union([DateTime, t.null]),
        /** Why nothing can be done for anybody of the tenant until an administrator acts; null where it can. */
        blockedBy: t.union([openWord(BlockedBy), t.null]),
      }),
      t.null,
    ]),
  },
  'Status',
)
export type StatusResource = t.TypeOf<typeof StatusResource>
