import type { RemovalRequestResource } from '@lethe/api-contract'
import { RemovalState } from '@lethe/domain'
import type { SingleRefusal } from './refusal.js'

type End = 'completed' | 'failed' | 'otherwise'

/** How a request ended for whoever waits for it; null while it goes on. A failed one goes on only if somebody retries. */
export const endOf = ({ state }: RemovalRequestResource): End | null =>
  isKnown(state) ? knownEnd(state) : null

type State = RemovalState | 'unreadable'

const isKnown = (state: RemovalRequestResource['state']): state is State =>
  state === 'unreadable' || RemovalState.is(state)

/** What to say of a request in a state of a newer server; null where the state is known. */
export const unknownStateOf = ({ id, state }: RemovalRequestResource): string | null =>
  isKnown(state)
    ? null
    : `request ${id} is ${state}, a state that this lethe does not know: it may have ended. Use the lethe of the server's version.`

const knownEnd = (state: State): End | null => {
  switch (state) {
    case 'completed':
      return 'completed'
    case 'failed':
      return 'failed'
    case 'denied':
    case 'withdrawn':
    case 'abandoned':
    case 'expired':
    // Nothing is done with it any more until an operator has seen to it.
    case 'unreadable':
      return 'otherwise'
    case 'pendingApproval':
    case 'approved':
    case 'removing':
    case 'verifying':
      return null
  }
}

/** What an end is to whoever waited for a completed removal; null where it is that. */
export const refusalOfEnd = (request: RemovalRequestResource, end: End): SingleRefusal | null => {
  switch (end) {
    case 'completed':
      return null
    case 'failed':
      return { _tag: 'RemovalFailed', request }
    case 'otherwise':
      return { _tag: 'EndedOtherwise', request }
  }
}
