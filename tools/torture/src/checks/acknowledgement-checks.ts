import { ActorReference } from '@lethe/domain'
import type { Acknowledgement } from '../load/acknowledgements.js'
import { batchesOfStored, type Seen, type StoredRequest } from './seen.js'
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
      ...(seen.tampered.has(stored.requestId) || isRecorded(acknowledgement, stored)
        ? []
        : [violation('acknowledgedIsRecorded', `${acknowledgement.what} ${acknowledgement.requestId}`)]),
    ]
  })

const eventOf = {
  approved: 'approvalGiven',
  denied: 'removalDenied',
  withdrawn: 'removalWithdrawn',
  retried: 'removalRetried',
  closed: 'removalAbandoned',
} as const

const isRecorded = ({ what, by, subject, batch }: Acknowledgement, stored: StoredRequest): boolean => {
  const isBy = (type: string, member: 'by' | 'submittedBy'): boolean =>
    stored.events.some(({ envelope }) => {
      const reference = envelope.data[member]
      return envelope.type === type && ActorReference.is(reference) && stored.people.get(reference) === by
    })
  // Whoever submits may have joined the request of another.
  if (what === 'submitted')
    return (
      (stored.subject === null || stored.subject === subject) &&
      (batch === null || batchesOfStored(stored).includes(batch)) &&
      (isBy('removalRequested', 'submittedBy') || isBy('requestJoined', 'by'))
    )
  return isBy(eventOf[what], 'by')
}
