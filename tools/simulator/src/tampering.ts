import type { Digest, Identifiers, StorePorts } from '@lethe/application'
import {
  addSeconds,
  approve,
  evolve,
  isOpen,
  type RemovalEvent,
  type RemovalRequest,
  type RemovalRequestId,
  type SealedEvent,
  type SubjectCommitment,
  type UserId,
} from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import type { Reading } from './alterations.js'
import type { Fault } from './faults.js'
import type { KnownRequest, KnownRequests } from './known-requests.js'
import type { SimulatedTenant } from './people.js'
import type { Random } from './random.js'
import type { Stage } from './stage.js'
import { tamperedStore } from './tampered-store.js'
import type { Witness } from './witness.js'

/** What is done to a request by hand. But for that of an exchanged person, no history is one any more that can be read. */
export type Harm = Extract<
  Fault,
  | 'event changed by hand'
  | 'event emptied by hand'
  | 'event cut out'
  | 'last event cut off'
  | 'events deleted'
  | 'approval made up'
  | 'person exchanged'
>

/** Whether a list, which makes no hash anew, takes what is left of the history for a sound one. */
export const passesInLists: Record<Harm, boolean> = {
  'event changed by hand': true,
  'event emptied by hand': false,
  'event cut out': false,
  'last event cut off': false,
  'events deleted': false,
  'approval made up': true,
  'person exchanged': true,
}

/** Somebody who may write to the store, and has no key to its seals. */
export interface Tampering {
  /** The store as processes see it. */
  readonly store: StorePorts
  /** Whether they are not done yet. */
  readonly goesOn: () => boolean
  /** Tampers with one more request, if there is one. */
  readonly tamper: () => Promise<void>
}

/** What somebody tampers with. */
export interface TamperingDeps {
  readonly stage: Stage
  readonly known: KnownRequests
  readonly tenants: ReadonlyArray<SimulatedTenant>
  readonly kept: StorePorts
  readonly witness: Witness
  readonly digest: Pick<Digest, 'envelope'>
  readonly identifiers: Pick<Identifiers, 'actorReference'>
  readonly reading: Reading
}

export const createTampering = ({
  stage: { random, tally, trace },
  known,
  tenants,
  kept,
  witness,
  digest,
  identifiers,
  reading,
}: TamperingDeps): Tampering => {
  const histories = new Map<RemovalRequestId, ReadonlyArray<SealedEvent>>()
  const people = new Map<SubjectCommitment, UserId>()
  let left = random.pick([0, 0, 1, 2, 3])

  const change = async (
    { tenantId, id }: KnownRequest,
    by: (events: ReadonlyArray<SealedEvent>) => ReadonlyArray<SealedEvent>,
  ): Promise<void> => {
    const found = await kept.removalRequests.history(tenantId, id)()
    if (E.isRight(found) && found.right._tag === 'Some') histories.set(id, by(found.right.value.events))
  }

  /** Appends approvals that nobody gave, with hashes that fit: all but the seal is as if Lethe had written them. */
  const makeUp = async ({ tenantId, id, request, events: [...before] }: KnownRequest): Promise<void> => {
    const events: Array<RemovalEvent> = []
    const at = before.at(-1)?.at ?? request.submittedAt
    let next: RemovalRequest | null = request
    while (next?.state === 'pendingApproval') {
      const given = approve({ by: identifiers.actorReference(), guest: false, at })(next)
      if (E.isLeft(given)) throw new Error('Approvals can be made up')
      events.push(...given.right)
      next = given.right.reduce<RemovalRequest | null>(evolve, next)
    }
    await kept.removalRequests.append({
      tenantId,
      requestId: id,
      expectedVersion: request.version,
      events,
      actor: null,
      note: null,
    })()
    await witness.observe()
  }

  const doHarm = async (harm: Harm, target: KnownRequest): Promise<void> => {
    switch (harm) {
      case 'event changed by hand':
        return change(target, ([first, ...rest]) =>
          first === undefined ? rest : [unwatched(first), ...rest],
        )
      case 'event emptied by hand':
        return change(target, events => {
          const full = events.filter(({ envelope: { data } }) => Object.keys(data).length > 0)
          const chosen = random.pick(full)
          return events.map(event => (event === chosen ? withData(event, {}) : event))
        })
      case 'event cut out':
        return change(target, events => events.toSpliced(random.between(1, events.length - 2), 1))
      case 'last event cut off':
        return change(target, events => events.slice(0, -1))
      case 'events deleted':
        return change(target, () => [])
      case 'approval made up':
        return makeUp(target)
      // The one who looks for the request by its person still finds it by the one who was asked for.
      case 'person exchanged': {
        const { tenantId, userId, request } = target
        const others = tenants
          .filter(({ id }) => id === tenantId)
          .flatMap(({ profiles, local }) => [...profiles, local])
          .filter(other => other.userId !== userId)
        people.set(request.subject, random.pick(others).userId)
      }
    }
  }

  return {
    store: tamperedStore(kept, { histories, people }, digest, reading),
    goesOn: () => left > 0,
    tamper: async () => {
      const target = drawnTarget(random, known)
      if (target === null) return
      left -= 1
      const harm = drawnHarm(random, target, known.isSubjectErased(target.id))
      await doHarm(harm, target)
      known.harm(target.id, harm)
      tally.fault(harm)
      trace(() => `somebody tampers with ${target.label}: ${harm}`)
    },
  }
}

/** Mostly a request that is open, often one that is under way; none that was tampered with already. */
const drawnTarget = (random: Random, known: KnownRequests): KnownRequest | null => {
  const sound = known.all().filter(({ id }) => !known.harms().has(id))
  const open = sound.filter(({ request }) => isOpen(request.state))
  const underway = open.filter(({ request }) => 'job' in request)
  if (sound.length === 0) return null
  if (underway.length > 0 && random.chance(0.5)) return random.pick(underway)
  return random.pick(open.length > 0 && random.chance(0.8) ? open : sound)
}

const drawnHarm = (random: Random, { request, events }: KnownRequest, isErased: boolean): Harm =>
  random.weighted<Harm>([
    [2, 'event changed by hand'],
    [2, 'event emptied by hand'],
    [events.length > 2 ? 3 : 0, 'event cut out'],
    [events.length > 1 ? 2 : 0, 'last event cut off'],
    [1, 'events deleted'],
    [request.state === 'pendingApproval' ? 3 : 0, 'approval made up'],
    [isErased ? 0 : 4, 'person exchanged'],
  ])

/** A request that needs no approval, and is due later. */
const unwatched = (requested: SealedEvent): SealedEvent => {
  const { at, data } = requested.envelope
  return withData(requested, { ...data, policy: { mode: 'automatic' }, dueAt: addSeconds(at, 90 * 86_400) })
}

const withData = ({ envelope, hash }: SealedEvent, data: SealedEvent['envelope']['data']): SealedEvent => ({
  envelope: { ...envelope, data },
  hash,
})
