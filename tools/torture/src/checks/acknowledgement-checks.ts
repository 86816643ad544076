import { ActorReference } from '@lethe/domain'
import type { Acknowledgement } from '../load/acknowledgements.js'
import type { Seen, StoredRequest } from './seen.js'
import { type Violation, violation } from './violation.js'

/** What clients were told is done must be there. */
export const checkAcknowledgements = (seen: Seen): ReadonlyArray<Violation> =>
  seen.acknowledged.flatMap(acknowledgement => {
    const stored = seen.stored.get(acknowledgement.requestId)
    if (stored === undefined || stored.tenantId !== acknowledgement.tenantId)
      return [violation('acknowledgedIsStored', `${acknowledgement.what} ${acknowledgement.requestId}`)]
    const served = seen.served.get(acknowledgement.requestId)
    return [
      ...(served !== undefined && served.state === null
        ? [violation('acknowledgedIsServed', acknowledgement.requestId)]
        : []),
      ...(isRecorded(acknowledgement, stored)
        ? []
        : [violation('acknowledgedIsRecorded', `${acknowledgement.what} ${acknowledgement.requestId}`)]),
    ]
  })

const eventOf = {
  submitted: 'removalRequested',
  approved: 'approvalGiven',
  denied: 'removalDenied',
  withdrawn: 'removalWithdrawn',
  retried: 'removalRetried',
  closed: 'removalAbandoned',
} as const

const isRecorded = ({ what, by, subject }: Acknowledgement, stored: StoredRequest): boolean => {
  // Whoever submits may have joined the request of another.
  if (what === 'submitted') return stored.subject === subject && stored.events.length > 0
  return stored.events.some(({ envelope }) => {
    const reference = envelope.data['by']
    return (
      envelope.type === eventOf[what] && ActorReference.is(reference) && stored.people.get(reference) === by
    )
  })
}
