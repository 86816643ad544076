import {
  batchesOf,
  type EnvelopeDigest,
  isOpen,
  readEvent,
  type RemovalEvent,
  type RemovalRequestId,
  replay,
  verifyChain,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Tampered } from '../assault/tampering.js'
import { batchesOfStored, type Seen, type ServedRequest, type StoredRequest } from './seen.js'
import { type Violation, violation } from './violation.js'

/** Each history by itself, against what is stored beside it, and against what is served of it. */
export const checkHistories =
  (digest: EnvelopeDigest) =>
  (seen: Seen): ReadonlyArray<Violation> =>
    [...seen.stored.values()].flatMap(stored => {
      const served = seen.served.get(stored.requestId)
      const tampered = seen.tampered.get(stored.requestId)
      return tampered === undefined
        ? [...checkStored(digest, stored), ...checkServed(stored, served)]
        : checkTampered(tampered, stored, served, callsOf(seen, stored.requestId))
    })

const callsOf = ({ calls }: Seen, id: RemovalRequestId): number =>
  calls.filter(({ requestId }) => requestId === id).length

/** A history by itself. */
export const checkStored = (digest: EnvelopeDigest, stored: StoredRequest): ReadonlyArray<Violation> => [
  ...checkChain(digest, stored),
  ...checkFold(stored),
]

const checkChain = (digest: EnvelopeDigest, stored: StoredRequest): ReadonlyArray<Violation> => {
  const { tenantId, requestId, version, headHash, events } = stored
  const verified = verifyChain(digest)({ tenantId, requestId }, { sequence: version, hash: headHash }, events)
  return E.isRight(verified)
    ? []
    : [violation('chainVerifies', `${requestId}: ${verified.left.reason} at event ${verified.left.position}`)]
}

const checkFold = (stored: StoredRequest) => {
  const { requestId, events, version, state, endedAs, subject } = stored
  const read: Array<RemovalEvent> = []
  for (const { envelope } of events) {
    const event = readEvent(envelope)
    if (E.isLeft(event))
      return [violation('projectionIsFold', `${requestId}: event ${envelope.sequence} is unreadable`)]
    read.push(event.right)
  }
  const folded = replay(read)
  if (E.isLeft(folded))
    return [violation('projectionIsFold', `${requestId}: event ${folded.left.sequence} does not fit`)]
  const { right: request } = folded
  const ended = isOpen(request.state) ? null : requestId
  const isPlaced =
    request.batch === stored.batch &&
    request.dueAt === stored.dueAt &&
    batchesOf(request).toSorted().join() === batchesOfStored(stored).toSorted().join()
  return isPlaced &&
    request.state === state &&
    request.version === version &&
    (subject === null || endedAs === ended)
    ? []
    : [
        violation(
          'projectionIsFold',
          `${requestId}: stored as ${state} at ${version}${endedAs === null ? '' : ', ended'}, due at ${stored.dueAt}, in ${batchesOfStored(stored).length} batches; folds to ${request.state} at ${request.version}, due at ${request.dueAt}, in ${batchesOf(request).length}`,
        ),
      ]
}

const checkServed = (stored: StoredRequest, served: ServedRequest | undefined): ReadonlyArray<Violation> =>
  served === undefined ||
  (served.state === stored.state && served.intact === true && served.version === stored.version)
    ? []
    : [
        violation(
          'servedAsStored',
          `${stored.requestId}: served as ${served.state} at ${served.version}, intact ${served.intact}; stored as ${stored.state} at ${stored.version}`,
        ),
      ]

/** What was tampered with stays as it was then. Where the person was exchanged, the history is whole, and time may still end it. */
const checkTampered = (
  { how, calls, ...then }: Tampered,
  stored: StoredRequest,
  served: ServedRequest | undefined,
  callsByNow: number,
): ReadonlyArray<Violation> => {
  const { requestId, events, version, headHash } = stored
  const isExchanged = how === 'person exchanged'
  const added = events.slice(then.events.length).map(({ envelope }) => envelope.type)
  const stays = isExchanged
    ? added.every(type => type === 'requestExpired')
    : version === then.version && headHash === then.headHash && events.length === then.events.length
  const shown = served?.state ?? null
  return [
    ...(stays
      ? []
      : [
          violation(
            'tamperedIsLeftAlone',
            `${requestId}, ${how}: ${added.join(', ') || 'its head'} came after`,
          ),
        ]),
    ...(callsByNow === calls
      ? []
      : [violation('tamperedIsLeftAlone', `${requestId}, ${how}: the holder was asked after`)]),
    ...(served === undefined || shown === (isExchanged ? stored.state : 'unreadable')
      ? []
      : [violation('tamperedIsShown', `${requestId}, ${how}: served as ${shown}`)]),
  ]
}
