import { sha256Digest, systemClock } from '@lethe/adapter-system'
import { PositiveInteger, readEvent, type RemovalEvent } from '@lethe/domain'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { checkAll } from '../src/checks/check-all.js'
import type { Tampering } from '../src/assault/tampering.js'
import type { Seen, StoredRequest } from '../src/checks/seen.js'
import type { Rule } from '../src/checks/violation.js'
import { made } from '../src/made.js'
import { sealed, storedAfter, userIds } from './making/requests.js'
import { digestOf, type SoundWorld, soundWorld, subjectOf, told } from './making/sound-world.js'

const rulesBroken = (seen: Seen): ReadonlyArray<Rule> => [
  ...new Set(checkAll(sha256Digest.envelope)(seen).map(({ rule }) => rule)),
]

/** The same world with another request in the place of one. */
const replaced = ({ seen }: SoundWorld, request: StoredRequest): Seen => ({
  ...seen,
  stored: new Map([...seen.stored, [request.requestId, request]]),
  served: new Map([
    ...seen.served,
    [request.requestId, { state: request.state, version: request.version, intact: true }],
  ]),
})

const eventsOf = ({ events }: StoredRequest): ReadonlyArray<RemovalEvent> =>
  events.map(({ envelope }) => {
    const event = readEvent(envelope)
    if (E.isLeft(event)) throw new Error('The event was made here')
    return event.right
  })

/** A history without some of its events, sealed anew, as somebody would who can write to the database. */
const without = (request: StoredRequest, isLeftOut: (event: RemovalEvent) => boolean): StoredRequest => ({
  ...request,
  ...sealed(
    eventsOf(request)
      .filter(event => !isLeftOut(event))
      .map((event, index) => ({ ...event, sequence: made(PositiveInteger, index + 1) })),
  ),
})

/** The same world, in which a request was tampered with as it stands, and is shown so. */
const tampered = (
  seen: Seen,
  request: StoredRequest,
  how: Tampering = 'event changed',
  shown = 'unreadable',
): Seen => ({
  ...seen,
  tampered: new Map([[request.requestId, { ...request, how, calls: callsOf(seen, request) }]]),
  served: new Map([...seen.served, [request.requestId, { state: shown, version: null, intact: null }]]),
})

const callsOf = ({ calls }: Seen, request: StoredRequest): number =>
  calls.filter(({ requestId }) => requestId === request.requestId).length

type Forgery = (world: SoundWorld) => Seen

const forgeries: ReadonlyArray<readonly [string, Forgery, ReadonlyArray<Rule>]> = [
  [
    'an acknowledged request that is not in the database',
    ({ seen, pending }) => ({
      ...seen,
      stored: new Map([...seen.stored].filter(([id]) => id !== pending.requestId)),
    }),
    ['acknowledgedIsStored'],
  ],
  [
    'an acknowledged request that cannot be read',
    ({ seen, pending }) => ({
      ...seen,
      served: new Map([...seen.served, [pending.requestId, { state: null, version: null, intact: null }]]),
    }),
    ['acknowledgedIsServed', 'servedAsStored'],
  ],
  [
    'an acknowledged approval that is not in the history',
    ({ seen, pending }) => ({
      ...seen,
      acknowledged: [...seen.acknowledged, { ...told(pending), what: 'approved', by: userIds.megan }],
    }),
    ['acknowledgedIsRecorded'],
  ],
  [
    'an acknowledged denial that somebody else is said to have made',
    ({ seen, denied }) => ({
      ...seen,
      acknowledged: [...seen.acknowledged, { ...told(denied), what: 'denied', by: userIds.isaiah }],
    }),
    ['acknowledgedIsRecorded'],
  ],
  [
    'an acknowledged withdrawal that is not in the history',
    ({ seen, completed }) => ({
      ...seen,
      acknowledged: [...seen.acknowledged, { ...told(completed), what: 'withdrawn', by: userIds.adele }],
    }),
    ['acknowledgedIsRecorded'],
  ],
  [
    'a removal with one approval of two',
    world =>
      replaced(
        world,
        without(world.completed, event => event.type === 'approvalGiven' && event.sequence === 3),
      ),
    ['effectIsApproved'],
  ],
  [
    'a removal that one person approved twice',
    world =>
      replaced(world, {
        ...world.completed,
        people: new Map(
          [...world.completed.people].map(([reference, person]) => [
            reference,
            person === userIds.isaiah ? userIds.megan : person,
          ]),
        ),
      }),
    ['effectIsApproved'],
  ],
  [
    'a removal that its submitter approved',
    world =>
      replaced(
        { ...world, seen: { ...world.seen, acknowledged: [] } },
        {
          ...world.completed,
          people: new Map(
            [...world.completed.people].map(([reference, person]) => [
              reference,
              person === userIds.megan ? userIds.adele : person,
            ]),
          ),
        },
      ),
    ['effectIsApproved'],
  ],
  [
    'a call that came before the approvals',
    ({ seen }) => ({
      ...seen,
      calls: seen.calls.map(call => ({ ...call, eventsThen: ['removalRequested', 'approvalGiven'] })),
    }),
    ['effectIsApproved'],
  ],
  [
    'a call for a request that nobody knows',
    ({ seen }) => {
      const stranger = storedAfter([])
      const call = { ...stranger, userId: subjectOf(stranger), at: 3, eventsThen: null }
      return { ...seen, calls: [...seen.calls, call] }
    },
    ['effectIsApproved'],
  ],
  [
    'data that went twice',
    ({ seen }) => ({ ...seen, effects: [...seen.effects, ...seen.effects] }),
    ['oneEffect'],
  ],
  ['a completed request whose data never went', ({ seen }) => ({ ...seen, effects: [] }), ['oneEffect']],
  [
    'data that went for a denied request',
    ({ seen, denied }) => ({
      ...seen,
      effects: [...seen.effects, { ...denied, userId: subjectOf(denied) }],
    }),
    ['effectIsWanted'],
  ],
  [
    'data that went for a pending request',
    ({ seen, pending }) => ({
      ...seen,
      effects: [...seen.effects, { ...pending, userId: subjectOf(pending) }],
    }),
    ['effectIsWanted'],
  ],
  [
    'data that went for a request which was withdrawn before its start',
    ({ seen, withdrawn }) => ({
      ...seen,
      effects: [...seen.effects, { ...withdrawn, userId: subjectOf(withdrawn) }],
    }),
    ['effectIsWanted'],
  ],
  [
    'an event that was changed',
    world =>
      replaced(world, {
        ...world.denied,
        events: world.denied.events.map(({ envelope, hash }) => ({
          hash,
          envelope:
            envelope.type === 'removalDenied'
              ? { ...envelope, data: { ...envelope.data, code: 'legalClaims' } }
              : envelope,
        })),
      }),
    ['chainVerifies'],
  ],
  [
    'a history without its tail',
    world => {
      const tail = without(world.withdrawn, ({ type }) => type === 'removalWithdrawn')
      const { version, headHash } = world.withdrawn
      return {
        ...replaced(world, { ...tail, version, headHash }),
        acknowledged: [],
      }
    },
    ['chainVerifies', 'projectionIsFold'],
  ],
  [
    'a stored state that is not the fold of the events',
    world => replaced(world, { ...world.denied, state: 'completed', endedAs: world.denied.requestId }),
    ['projectionIsFold', 'oneEffect'],
  ],
  [
    'an ended request that still keeps its profile taken',
    world => replaced(world, { ...world.denied, endedAs: null }),
    ['projectionIsFold'],
  ],
  [
    'a history that is served as broken',
    ({ seen, denied }) => ({
      ...seen,
      served: new Map([
        ...seen.served,
        [denied.requestId, { state: denied.state, version: denied.version, intact: false }],
      ]),
    }),
    ['servedAsStored'],
  ],
  [
    'an approved request that nobody works on',
    world => replaced(world, storedAfter(['approve by megan', 'approve by isaiah'])),
    ['approvedEnds'],
  ],
  [
    'a request that stays in the middle of its removal',
    world => replaced(world, storedAfter(['approve by megan', 'approve by isaiah', 'start', 'remove'])),
    ['approvedEnds'],
  ],
  [
    'two open requests for one profile',
    world => replaced(world, { ...storedAfter([]), subject: world.pending.subject }),
    ['oneOpenRequest'],
  ],
  [
    'two requests for one profile in a batch, though one has ended',
    world => replaced(world, { ...storedAfter(['deny'], world.batched.batch), subject: world.added.subject }),
    ['oneRequestInBatch', 'batchIsServedAsStored', 'batchDecidesWhatWasShown', 'closedBatchStays'],
  ],
  [
    'a request that is found in another batch than its own',
    world => replaced(world, { ...world.pending, batch: world.batched.batch }),
    ['projectionIsFold', 'batchIsServedAsStored', 'closedBatchStays'],
  ],
  [
    'a batch that is not found',
    ({ seen }) => ({ ...seen, batches: seen.batches.map(batch => ({ ...batch, here: null })) }),
    ['batchIsServedAsStored'],
  ],
  [
    'a batch that another tenant sees',
    ({ seen }) => ({ ...seen, batches: seen.batches.map(batch => ({ ...batch, elsewhere: true })) }),
    ['batchIsServedAsStored'],
  ],
  [
    'a batch with the digest of what it was',
    ({ seen, batched }) => ({
      ...seen,
      batches: seen.batches.map(({ here, ...batch }) => ({
        ...batch,
        here: here === null ? null : { ...here, digest: digestOf([batched]) },
      })),
    }),
    ['batchIsServedAsStored'],
  ],
  [
    'a batch that counts too little',
    ({ seen }) => ({
      ...seen,
      batches: seen.batches.map(({ here, ...batch }) => ({
        ...batch,
        here: here === null ? null : { ...here, states: [{ state: 'pendingApproval', count: 1 }] },
      })),
    }),
    ['batchIsServedAsStored'],
  ],
  [
    'an approval of what was not in the batch that was seen',
    ({ seen, shown, added }) => ({
      ...seen,
      batchAttempts: [{ ...shown, members: new Set([added.requestId]), told: 'nothing' }],
    }),
    ['batchDecidesWhatWasShown'],
  ],
  [
    'a request that is found in no batch, and was submitted to one',
    world => replaced(world, { ...world.batched, batch: null }),
    [
      'acknowledgedBatchIsDecided',
      'acknowledgedIsRecorded',
      'projectionIsFold',
      'batchIsServedAsStored',
      'closedBatchStays',
      'batchHasOneMaker',
    ],
  ],
  [
    'a request that joined a batch, and is not found in it',
    world => replaced(world, { ...world.added, joined: [] }),
    [
      'acknowledgedBatchIsDecided',
      'acknowledgedIsRecorded',
      'projectionIsFold',
      'batchIsServedAsStored',
      'closedBatchStays',
    ],
  ],
  [
    'a due date that is another than that of the earliest receipt',
    world => replaced(world, { ...world.pending, dueAt: systemClock.now() }),
    ['projectionIsFold'],
  ],
  [
    'a batch that somebody else added to',
    world => {
      const { people, ...added } = world.added
      const [adele] = world.batched.people.values()
      return replaced(world, {
        ...added,
        people: new Map(
          [...people].map(([reference, who]) => [reference, who === adele ? userIds.isaiah : who]),
        ),
      })
    },
    ['acknowledgedIsRecorded', 'batchHasOneMaker'],
  ],
  [
    'a batch that grew after it was closed',
    ({ seen, batched }) => ({
      ...seen,
      storedBatches: seen.storedBatches.map(batch => ({ ...batch, closedWith: digestOf([batched]) })),
    }),
    ['closedBatchStays'],
  ],
  [
    'a submission that joined, of which the history knows nothing',
    ({ seen, pending }) => ({
      ...seen,
      acknowledged: [...seen.acknowledged, { ...told(pending), what: 'submitted', by: userIds.isaiah }],
    }),
    ['acknowledgedIsRecorded'],
  ],
  [
    'a decision that was refused, and made all the same',
    ({ seen, shown }) => ({ ...seen, batchAttempts: [{ ...shown, told: 'refused' }] }),
    ['batchDecidesWhatWasShown'],
  ],
  [
    'a batch that waits for whoever was told that it is decided',
    ({ seen, shown }) => ({
      ...seen,
      batchAttempts: [...seen.batchAttempts, { ...shown, by: userIds.isaiah }],
    }),
    ['acknowledgedBatchIsDecided'],
  ],
  [
    'a request that was shown in a batch, and is not there',
    ({ seen, shown, pending }) => ({
      ...seen,
      batchAttempts: [...seen.batchAttempts, { ...shown, members: new Set([pending.requestId]) }],
    }),
    ['acknowledgedBatchIsDecided'],
  ],
  [
    'something that was done with a request after somebody had tampered with it',
    ({ seen, pending }) => {
      const { tampered: before } = tampered(seen, pending)
      const moved = storedAfter(['approve by megan'])
      const after = { ...pending, version: 2, events: moved.events }
      return {
        ...tampered(seen, after),
        stored: new Map([...seen.stored, [pending.requestId, after]]),
        tampered: before,
      }
    },
    ['tamperedIsLeftAlone'],
  ],
  [
    'a holder that was asked for a request after somebody had tampered with it',
    ({ seen, completed }) => {
      const before = tampered(seen, completed)
      return { ...before, calls: [...seen.calls, ...seen.calls] }
    },
    ['tamperedIsLeftAlone'],
  ],
  [
    'an approval of a request whose person was exchanged',
    ({ seen, pending }) => {
      const { tampered: before } = tampered(seen, pending, 'person exchanged')
      const after = { ...pending, version: 2, events: storedAfter(['approve by megan']).events }
      return {
        ...tampered(seen, after, 'person exchanged', 'pendingApproval'),
        stored: new Map([...seen.stored, [pending.requestId, after]]),
        tampered: before,
      }
    },
    ['tamperedIsLeftAlone'],
  ],
  [
    'a request that was tampered with, and is shown as if nothing had happened',
    ({ seen, pending }) => tampered(seen, pending, 'all events deleted', 'pendingApproval'),
    ['tamperedIsShown'],
  ],
  [
    'a job that is left of a request that was tampered with',
    ({ seen, pending }) => ({
      ...tampered(seen, pending),
      jobs: [{ queue: 'perform-removal', state: 'created', requestId: pending.requestId }],
    }),
    ['queueIsDone'],
  ],
  [
    'rows of a request that is not there',
    ({ seen }) => ({ ...seen, stray: [storedAfter([]).requestId] }),
    ['writtenTogether'],
  ],
  [
    'a request that had lost its job for a while',
    ({ seen, completed }) => ({ ...seen, jobless: [completed.requestId] }),
    ['jobIsThere'],
  ],
  [
    'a job that is left',
    ({ seen, completed }) => ({
      ...seen,
      jobs: [{ queue: 'perform-removal', state: 'created', requestId: completed.requestId }],
    }),
    ['queueIsDone'],
  ],
  [
    'more connections than the processes may have',
    ({ seen }) => ({ ...seen, connections: [...seen.connections, ...seen.connections] }),
    ['connections'],
  ],
  [
    'a connection that idles in a transaction',
    ({ seen }) => ({
      ...seen,
      connections: [{ name: 'lethe worker', state: 'idle in transaction', seconds: 60 }],
    }),
    ['connections'],
  ],
]

describe('the checks', () => {
  it('find nothing wrong with a world in which everything holds', () => {
    expect(checkAll(sha256Digest.envelope)(soundWorld().seen)).toEqual([])
  })

  it('find nothing wrong with one in which somebody tampered with a request, and nothing came of it', () => {
    const { seen, pending, completed } = soundWorld()
    const approved = { ...pending, state: 'approved' as const, events: [] }
    const check = checkAll(sha256Digest.envelope)
    expect(
      check({
        ...tampered(seen, approved),
        stored: new Map([...seen.stored, [pending.requestId, approved]]),
      }),
    ).toEqual([])
    expect(check(tampered(seen, completed, 'person exchanged', 'completed'))).toEqual([])
  })

  it.each(forgeries)('find %s', (_, forge, expected) => {
    expect(rulesBroken(forge(soundWorld())).toSorted()).toEqual([...expected].toSorted())
  })
})
