import { randomIdentifiers, sha256Digest } from '@lethe/adapter-system'
import {
  type InboundSharedUserProfile,
  recordHolderResult,
  type RemovalEvent,
  type RemovalRequest,
  retry,
  saturdayAndSunday,
  submit,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { keepErasable } from '../history/erasable.js'
import type { GraphRefusal, HistoryRefusal } from '../refusal.js'
import { type OneRemoval, oneRemoval } from './one-removal.js'
import type { PreparedRemoval, RemovalDeps } from './prepare-removal.js'
import type { OpenRemoval } from './recorded-removals.js'
import { attempts } from './schedules.js'

type Begun = Promise<E.Either<GraphRefusal | HistoryRefusal, OneRemoval>>

/**
 * Records that a removal is to be done, with its reason, before anything is sent: a new one, or the one that is open.
 *
 * @param reason as the operator gave it; kept apart from the history.
 */
export const beginRemoval = (deps: RemovalDeps, prepared: PreparedRemoval, reason: string): Begun => {
  const { open, profile } = prepared
  if (open !== null) return resume(deps, open, reason)
  return profile === null
    ? Promise.resolve(E.left({ _tag: 'GraphProfileNotFound' }))
    : beginAnew(deps, profile, reason)
}

const beginAnew = async (
  { tenant: { tenantId, holder }, history, clock }: RemovalDeps,
  profile: InboundSharedUserProfile,
  reason: string,
): Begun => {
  const id = randomIdentifiers.requestId()
  const salt = randomIdentifiers.salt()
  const note = { reference: randomIdentifiers.noteReference(), text: reason }
  const at = clock.now()
  const decided = submit({
    tenantId,
    id,
    subject: sha256Digest.commitment(salt, tenantId, profile.userId),
    profile,
    by: randomIdentifiers.actorReference(),
    at,
    receivedAt: at,
    // The glass is broken: nobody else is asked.
    policy: { mode: 'automatic' },
    expiresAfterDays: null,
    calendar: saturdayAndSunday,
    holders: [holder.name],
    batch: null,
  })
  if (E.isLeft(decided)) return E.left({ _tag: 'GraphProfileNotInbound' })
  const kept = await keepErasable(history.place, id, { salt, notes: [] }, note)
  if (E.isLeft(kept)) return kept
  const removal = oneRemoval(history, { request: null, events: [] })
  const recorded = await removal.record(decided.right, note.reference)
  return E.isLeft(recorded) ? recorded : E.right(removal)
}

const resume = async ({ history, clock }: RemovalDeps, open: OpenRemoval, reason: string): Begun => {
  const removal = oneRemoval(history, open)
  const events = resuming(open.request, clock)
  if (events.length === 0) return E.right(removal)
  const note = { reference: randomIdentifiers.noteReference(), text: reason }
  const kept = await keepErasable(history.place, open.request.id, open.erasable, note)
  if (E.isLeft(kept)) return kept
  const recorded = await removal.record(events, note.reference)
  return E.isLeft(recorded) ? recorded : E.right(removal)
}

/**
 * What taking up a removal again adds to its history. A process that ended while a removal was under way may have sent the call:
 * that is recorded as a call of which nobody knows how it ended, so that it is read back first. A failed one is retried.
 */
const resuming = (request: RemovalRequest, clock: RemovalDeps['clock']): ReadonlyArray<RemovalEvent> => {
  const at = clock.now()
  switch (request.state) {
    case 'removing': {
      const holder = request.holders.find(each => each.state === 'pending' && !each.unknownOutcome)
      if (holder === undefined) return []
      const recorded = recordHolderResult({
        holder: holder.name,
        result: { kind: 'unknownOutcome' },
        called: true,
        schedule: { ...attempts, firstDelaySeconds: 0 },
        at,
      })(request)
      return E.isRight(recorded) ? recorded.right : []
    }
    case 'failed': {
      const retried = retry({ by: randomIdentifiers.actorReference(), at })(request)
      return E.isRight(retried) ? retried.right : []
    }
    case 'pendingApproval':
    case 'approved':
    case 'verifying':
    case 'completed':
    case 'denied':
    case 'withdrawn':
    case 'abandoned':
    case 'expired':
      return []
  }
}
