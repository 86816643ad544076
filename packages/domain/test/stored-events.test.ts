import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import {
  Envelope,
  type RemovalEventType,
  RemovalState,
  readEvent,
  replay,
  seal,
  SealedEvent,
} from '../src/index.js'
import { decoded, rightOf } from './making/decoded.js'
import { eventsOf, run } from './making/history.js'
import { contoso, requestId } from './making/people-and-places.js'
import { weakDigest } from './making/weak-digest.js'
import { histories } from './making/random-commands.js'
import storedV1 from './samples/v1.json' with { type: 'json' }
import historiesV1 from './samples/v1-histories.json' with { type: 'json' }

/** Envelopes as version 1 stored them. The file is never changed, only added to: what was written is read for ever. */
const samples = storedV1.map(decoded(Envelope))

/** A type that is added to the union does not compile until it has a row, and fails until it has a sample. */
const everyType: Record<RemovalEventType, true> = {
  removalRequested: true,
  requestJoined: true,
  approvalGiven: true,
  removalApproved: true,
  removalDenied: true,
  removalWithdrawn: true,
  requestExpired: true,
  removalStarted: true,
  holderCleared: true,
  holderAttemptFailed: true,
  holderBlocked: true,
  holderFailed: true,
  readBackRecorded: true,
  absenceSeen: true,
  removalCompleted: true,
  removalFailed: true,
  removalRetried: true,
  removalAbandoned: true,
}

const withoutChain = ({ schemaVersion: _version, previousHash: _hash, ...event }: Envelope) => event

const samplesOf = (type: RemovalEventType) => samples.filter(sample => sample.type === type)

const isRead = (type: RemovalEventType, change: Record<string, unknown>): boolean =>
  samplesOf(type).every(sample => E.isRight(readEvent({ ...sample, data: { ...sample.data, ...change } })))

describe('samples of schema version 1', () => {
  test('are of every type of event', () => {
    expect([...new Set(samples.map(({ type }) => type))].toSorted()).toEqual(
      Object.keys(everyType).toSorted(),
    )
    expect(samples.filter(({ schemaVersion }) => schemaVersion !== 1)).toEqual([])
  })

  test.each(samples.map((sample, index) => [`${index} ${sample.type}`, sample] as const))(
    '%s is read, whole',
    (_, sample) => {
      expect(readEvent(sample)).toEqual(E.right(withoutChain(sample)))
    },
  )
})

/** Whole histories of version 1, and the state that each replayed to when it was stored. Only added to, as the samples are. */
const stored = historiesV1.map(
  decoded(
    t.strict({
      path: t.string,
      events: t.readonlyArray(t.tuple([t.string, t.string, t.UnknownRecord])),
      state: t.UnknownRecord,
    }),
  ),
)

const replayed = (events: (typeof stored)[number]['events']) =>
  pipe(
    events.map(([at, type, data], index) => ({
      schemaVersion: 1,
      tenantId: contoso,
      requestId,
      sequence: index + 1,
      previousHash: index === 0 ? null : 'f'.repeat(64),
      type,
      at,
      data,
    })),
    RA.map(decoded(Envelope)),
    E.traverseArray(readEvent),
    rightOf,
    replay,
  )

describe('a history of version 1', () => {
  test.each(stored.map(({ path, ...history }) => [path, history] as const))('%s', (_, { events, state }) => {
    const [submittedAt, , { holders: _holders, ...requested }] = events[0] ?? ['', '', {}]
    expect(replayed(events)).toMatchObject(
      E.right({ id: requestId, tenantId: contoso, submittedAt, batch: null, ...requested, ...state }),
    )
  })

  test('stands there for every type of event, and for every state', () => {
    const types = stored.flatMap(({ events }) => events.map(([, type]) => type))
    expect([...new Set(types)].toSorted()).toEqual(Object.keys(everyType).toSorted())
    const states = stored.map(({ state }) => decoded(RemovalState)(state['state']))
    expect([...new Set(states)].toSorted()).toEqual(Object.keys(RemovalState.keys).toSorted())
  })
})

describe('words that version 1 may have stored', () => {
  test.each([
    'freedomOfExpression',
    'legalObligation',
    'publicHealth',
    'archivingInPublicInterest',
    'legalClaims',
    'identityNotVerified',
    'notInboundUser',
    'duplicate',
    'other',
  ])('the denial code %s is read', code => {
    expect(isRead('removalDenied', { code })).toBe(true)
  })

  test.each([
    'refused',
    'signInRequired',
    'holderUnavailable',
    'stillPresent',
    'holderNotConfigured',
    'subjectErased',
    'notApproved',
    'workerFailed',
  ])('the failure reason %s is read', reason => {
    expect(isRead('removalFailed', { reason })).toBe(true)
    expect(isRead('holderFailed', { reason })).toBe(true)
  })

  test.each(['handledManually', 'noLongerWanted', 'cannotBeDone', 'duplicate', 'other'])(
    'the code %s of a closing is read',
    code => {
      expect(isRead('removalAbandoned', { code })).toBe(true)
    },
  )

  test.each(['present', 'absent', 'notLooked'])('the last look %s is read', result => {
    expect(isRead('removalAbandoned', { lastLook: [{ holder: 'graph', result }] })).toBe(true)
  })

  test.each(['verifiedAbsent', 'acceptedOnly'])('the outcome %s is read', outcome => {
    expect(isRead('removalCompleted', { outcome })).toBe(true)
  })

  test.each(['absent', 'present', 'notSupported', 'unknown'])('the read-back %s is read', result => {
    expect(isRead('readBackRecorded', { result })).toBe(true)
  })
})

describe('what cannot be read', () => {
  const unreadable = (sample: Envelope) =>
    E.left({ _tag: 'UnreadableEvent', schemaVersion: sample.schemaVersion, sequence: sample.sequence })

  test.each([2, 99])('is version %i', schemaVersion => {
    const results = samples.map(sample => ({ ...sample, schemaVersion }))
    expect(results.map(readEvent)).toEqual(results.map(unreadable))
  })

  test.each(['', 'removalrequested', 'somethingElse', '__proto__', 'constructor'])(
    'is the type "%s"',
    type => {
      const results = samples.map(sample => ({ ...sample, type }))
      expect(results.map(readEvent)).toEqual(results.map(unreadable))
    },
  )

  test('is any type without its data, but for the one that has none', () => {
    const read = samples.filter(sample => E.isRight(readEvent({ ...sample, data: {} })))
    expect(read.map(({ type }) => type)).toEqual(['requestExpired'])
  })

  test.each([
    ['removalDenied', { code: 'becauseISaidSo' }],
    ['removalDenied', { by: 'adele@contoso.example' }],
    ['removalDenied', { note: 'a text instead of a reference' }],
    ['removalRequested', { policy: { mode: 'approvers', required: 0 } }],
    ['removalRequested', { policy: { mode: 'nobody' } }],
    ['removalRequested', { holders: ['Graph'] }],
    ['removalFailed', { reason: 'constructor' }],
    ['removalAbandoned', { code: 'refused' }],
    ['removalAbandoned', { effects: 'none' }],
  ] as const)('is %s with %j', (type, change) => {
    expect(isRead(type, change)).toBe(false)
  })

  test('says neither content nor people', () => {
    const [sample] = samplesOf('removalDenied').map(given => ({
      ...given,
      data: { by: 'adele@contoso.example' },
    }))
    expect(sample === undefined ? '' : JSON.stringify(readEvent(sample))).toMatch(
      /^(?!.*adele).*UnreadableEvent/,
    )
  })
})

test('whatever is recorded is read back as it was', () => {
  fc.assert(
    fc.property(histories, commands => {
      const events = eventsOf(run(commands))
      const stored: ReadonlyArray<unknown> = seal(weakDigest)(null, events).map((sealed): unknown =>
        JSON.parse(JSON.stringify(sealed)),
      )
      const read = stored.map(sealed => readEvent(decoded(SealedEvent)(sealed).envelope))
      expect(read).toEqual(events.map(happened => E.right(happened)))
    }),
  )
})
