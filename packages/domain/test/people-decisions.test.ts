import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { AbandonmentCode, batchesOf, DenialCode, HolderName, saturdayAndSunday } from '../src/index.js'
import { command, anHourLater, muchLater, secondsAfter, submittedAt } from './making/commands.js'
import { decoded } from './making/decoded.js'
import { reach, requestAfter, take } from './making/history.js'
import {
  adele,
  archive,
  contoso,
  friday,
  grady,
  graph,
  instant,
  isaiah,
  lee,
  localDate,
  megan,
  monday,
  note,
  payroll,
} from './making/people-and-places.js'

const required = (approvals: number) => command.submit({ policy: { mode: 'approvers', required: approvals } })

describe('submitting', () => {
  test('records what the policy said, and the deadlines', () => {
    const { events } = take(null, command.submit())
    expect(events).toMatchObject([
      {
        type: 'removalRequested',
        sequence: 1,
        at: submittedAt,
        data: {
          submittedBy: adele,
          policy: { mode: 'approvers', required: 1 },
          dueAt: '2026-12-23T23:59:59.000Z',
          expiresAt: '2027-01-22T09:00:00.000Z',
        },
      },
    ])
  })

  test('under an automatic policy is approved in the same decision, by nobody', () => {
    const { events, after } = take(null, command.submit({ policy: { mode: 'automatic' } }))
    expect(events.map(({ type }) => type)).toEqual(['removalRequested', 'removalApproved'])
    expect(after).toMatchObject({ state: 'approved', approvals: [] })
  })

  test('records no name, no user id and no home tenant of the person', () => {
    const asked = command.submit()
    const recorded = JSON.stringify(take(null, asked).events)
    const personal = Object.values<string | null>({ ...asked.profile }).filter(
      value => value === null || recorded.includes(value),
    )
    expect(personal).toEqual([])
  })

  test('is refused for a receipt that is later than now, by so much as a millisecond', () => {
    const late = take(null, command.submit({ receivedAt: secondsAfter(submittedAt, 0.001) }))
    expect(late.decided).toEqual(E.left({ _tag: 'ReceivedInFuture' }))
    expect(E.isRight(take(null, command.submit({ receivedAt: submittedAt })).decided)).toBe(true)
  })

  test('is refused for a receipt of over a year ago, unless somebody confirmed it', () => {
    const year = 366 * 86_400
    const longAgo = secondsAfter(submittedAt, -year - 0.001)
    const refused = E.left({ _tag: 'ReceivedLongAgo' })
    for (const receivedAt of [longAgo, instant('0001-01-01T00:00:00.000Z')]) {
      expect(take(null, command.submit({ receivedAt })).decided).toEqual(refused)
      expect(take(null, command.submit({ receivedAt, receivedConfirmed: false })).decided).toEqual(refused)
      expect(take(null, command.submit({ receivedAt, receivedConfirmed: true })).after).toMatchObject({
        receivedAt,
      })
    }
    const aYearAgo = command.submit({ receivedAt: secondsAfter(submittedAt, -year) })
    expect(E.isRight(take(null, aYearAgo).decided)).toBe(true)
    const future = command.submit({ receivedAt: anHourLater, receivedConfirmed: true })
    expect(take(null, future).decided).toEqual(E.left({ _tag: 'ReceivedInFuture' }))
  })

  test('is refused for a profile whose home is the resource tenant', () => {
    const own = command.submit({ profile: { ...command.submit().profile, homeTenantId: contoso } })
    expect(take(null, own).decided).toEqual(E.left({ _tag: 'NotInbound' }))
  })

  test('starts the legal clock when the person asked', () => {
    const received = secondsAfter(submittedAt, -10 * 86_400)
    expect(requestAfter([command.submit({ receivedAt: received })])).toMatchObject({
      receivedAt: received,
      submittedAt,
      dueAt: '2026-12-14T23:59:59.000Z',
    })
  })
})

describe('joining', () => {
  const pending = [command.submit()]
  const daysBefore = (days: number) => secondsAfter(submittedAt, -days * 86_400)

  test('records another asker, an earlier receipt with the due date that it moves, and a batch', () => {
    const asked = command.join({ by: lee, receivedAt: daysBefore(10), batch: friday })
    const { events, after } = take(reach(pending), asked)

    expect(events).toMatchObject([{ type: 'requestJoined', sequence: 2, at: anHourLater }])
    expect(events[0]?.data).toEqual({
      by: lee,
      receivedAt: daysBefore(10),
      dueAt: '2026-12-14T23:59:59.000Z',
      batch: friday,
    })
    expect(after).toMatchObject({
      state: 'pendingApproval',
      submittedBy: adele,
      receivedAt: daysBefore(10),
      dueAt: '2026-12-14T23:59:59.000Z',
      joins: [{ by: lee, at: anHourLater, receivedAt: daysBefore(10), batch: friday }],
    })
    expect(after === null ? [] : batchesOf(after)).toEqual([friday])
  })

  test('records no more than what is new', () => {
    const joined = [...pending, command.join({ by: lee, receivedAt: daysBefore(10), batch: friday })]
    const data = (asked: ReturnType<typeof command.join>) => take(reach(joined), asked).events[0]?.data

    expect(data(command.join({ by: megan, receivedAt: daysBefore(10), batch: friday }))).toEqual({
      by: megan,
    })
    expect(data(command.join({ by: lee, batch: monday }))).toEqual({ by: lee, batch: monday })
    expect(data(command.join({ receivedAt: daysBefore(11) }))).toMatchObject({ receivedAt: daysBefore(11) })
    expect(data(command.join({ receivedAt: daysBefore(11) }))).not.toHaveProperty('batch')
  })

  test('of the same asker, with nothing new, records nothing', () => {
    const state = reach([command.submit({ receivedAt: daysBefore(10), batch: friday })])
    for (const receivedAt of [null, daysBefore(10), daysBefore(9)])
      expect(take(state, command.join({ receivedAt, batch: friday })).decided).toEqual(E.right([]))
  })

  test('has a request in the batch of its first event, and in those that it joined', () => {
    const request = requestAfter([
      command.submit({ batch: friday }),
      command.join({ by: lee, batch: monday }),
      command.join({ by: megan, batch: friday }),
    ])
    expect(request.batch).toBe(friday)
    expect(batchesOf(request)).toEqual([friday, monday])
  })

  test('never moves the due date to later, whatever days off the tenant has by now', () => {
    const publicHolidays = Array.from({ length: 20 }, (_, day) => localDate(`2026-12-${day + 12}`))
    const asked = command.join({
      receivedAt: daysBefore(1),
      calendar: { ...saturdayAndSunday, publicHolidays },
    })
    expect(requestAfter([...pending, asked]).dueAt).toBe('2026-12-23T23:59:59.000Z')
  })

  test('retries what failed, by anybody who asks, whether or not that adds something else', () => {
    const failed = reach([...pending, command.approve(), command.start(), command.fail()])
    const plain = take(failed, command.join())
    const another = take(failed, command.join({ by: lee }))

    expect(plain.events).toMatchObject([{ type: 'removalRetried', data: { by: adele } }])
    expect(another.events).toMatchObject([
      { type: 'requestJoined', sequence: 6, data: { by: lee } },
      { type: 'removalRetried', sequence: 7, data: { by: lee } },
    ])
    expect(another.after).toMatchObject({ state: 'removing', retriedBy: lee })
  })

  test('changes nothing of a request that has ended, and is refused, but for a batch that it is in', () => {
    const denied = reach([command.submit({ batch: friday }), command.deny()])
    expect(take(denied, command.join({ by: lee, batch: monday })).decided).toEqual(
      E.left({ _tag: 'WrongState', state: 'denied' }),
    )
    expect(take(denied, command.join({ by: lee, batch: friday })).decided).toEqual(E.right([]))
  })

  test('leaves approving to the one who joined, and not to the first who asked', () => {
    const joined = reach([required(2), command.join({ by: lee })])
    expect(requestAfter([command.approve({ by: lee }), command.approve({ by: megan })], joined).state).toBe(
      'approved',
    )
    expect(take(joined, command.approve({ by: adele })).decided).toEqual(E.left({ _tag: 'SelfApproval' }))
  })

  test('keeps an approval that was given, and the job of what is under way', () => {
    const removing = requestAfter([...pending, command.approve(), command.start()])
    const joined = requestAfter([command.join({ by: megan })], removing)
    expect(joined).toMatchObject({
      state: 'removing',
      approvals: [{ by: megan }],
      version: removing.version + 1,
    })
    expect('job' in joined && 'job' in removing ? joined.job : null).toEqual(
      'job' in removing ? removing.job : undefined,
    )
  })
})

describe('approving', () => {
  test.each([1, 2, 3])('takes %i different people', count => {
    const approvals = [megan, isaiah, lee].slice(0, count).map(by => command.approve({ by }))
    expect(requestAfter([required(count), ...approvals.slice(0, -1)]).state).toBe('pendingApproval')
    expect(requestAfter([required(count), ...approvals]).state).toBe('approved')
  })

  test('counts one person once', () => {
    const twice = requestAfter([required(2), command.approve(), command.approve()])
    expect(twice).toMatchObject({ state: 'pendingApproval', approvals: [{ by: megan, at: anHourLater }] })
  })

  test('says how many approvals there were', () => {
    const last = take(reach([required(2), command.approve()]), command.approve({ by: lee }))
    expect(last.events).toMatchObject([
      { type: 'approvalGiven', data: { by: lee } },
      { type: 'removalApproved', data: { approvals: 2 } },
    ])
  })

  test('is refused to whoever asked, and to a guest, whatever else they are', () => {
    const pending = reach([required(1)])
    expect(take(pending, command.approve({ by: adele })).decided).toEqual(E.left({ _tag: 'SelfApproval' }))
    expect(take(pending, command.approve({ by: grady, guest: true })).decided).toEqual(
      E.left({ _tag: 'GuestApproval' }),
    )
  })

  test('is a repeat for somebody who has become a guest since', () => {
    const approved = reach([required(1), command.approve()])
    expect(take(approved, command.approve({ guest: true })).decided).toEqual(E.right([]))
  })
})

describe('denying', () => {
  const codes = [
    'freedomOfExpression',
    'legalObligation',
    'publicHealth',
    'archivingInPublicInterest',
    'legalClaims',
    'identityNotVerified',
    'notInboundUser',
    'duplicate',
    'other',
  ] as const

  test('has the codes of GDPR art. 17(3) and four of its own', () => {
    expect(Object.keys(DenialCode.keys).toSorted()).toEqual([...codes].toSorted())
  })

  test.each(codes)('%s is recorded with its note', code => {
    const denied = requestAfter([command.submit(), command.deny({ code, note })])
    expect(denied).toMatchObject({ state: 'denied', denial: { by: isaiah, code, note, at: anHourLater } })
  })

  test.each(codes)('%s without a note is refused only where it says nothing', code => {
    const { decided } = take(reach([command.submit()]), command.deny({ code, note: null }))
    expect(E.isLeft(decided)).toBe(code === 'other')
  })
})

describe('withdrawing', () => {
  test.each([
    { by: adele, reach: 'own', verdict: 'withdrawn' },
    { by: adele, reach: 'any', verdict: 'withdrawn' },
    { by: megan, reach: 'any', verdict: 'withdrawn' },
    { by: megan, reach: 'own', verdict: 'NotSubmitter' },
  ] as const)('reach $reach: $verdict', ({ by, reach: given, verdict }) => {
    const { decided, after } = take(reach([command.submit()]), command.withdraw({ by, reach: given }))
    expect(E.isLeft(decided) ? decided.left._tag : after?.state).toBe(verdict)
  })
})

const failing = [command.submit(), command.approve(), command.start()]
const uncalled = command.recordHolderResult({
  result: { kind: 'failed', reason: 'signInRequired' },
  called: false,
})
const refused = command.recordHolderResult({ result: { kind: 'failed', reason: 'refused' } })
const inDoubt = command.recordHolderResult({ result: { kind: 'unknownOutcome' } })

describe('a failed request', () => {
  const without = [
    ['that was not begun', [command.submit(), command.approve(), command.start({ holders: [] })]],
    ['whose holder was not called', [...failing, uncalled]],
  ] as const
  const withEffects = [
    ['whose holder refused', [...failing, refused]],
    ['with a call of which nobody knows how it ended', [...failing, inDoubt, command.fail()]],
    ['that was retried, and failed without another call', [...failing, refused, command.retry(), uncalled]],
    [
      'of which one of two holders was called',
      [
        ...failing.slice(0, 2),
        command.start({ holders: [graph, payroll] }),
        command.recordHolderResult(),
        { ...uncalled, holder: payroll },
      ],
    ],
    [
      'whose data was still there',
      [
        ...failing,
        command.recordHolderResult(),
        command.recordReadBack({ result: { kind: 'present' }, at: muchLater }),
      ],
    ],
  ] as const

  test.each(without)('%s is withdrawn, and not closed', (_, commands) => {
    const failed = requestAfter(commands)
    expect(failed.state).toBe('failed')
    expect(take(failed, command.withdraw()).after?.state).toBe('withdrawn')
    expect(take(failed, command.close()).decided).toEqual(E.left({ _tag: 'NoHolderCalled' }))
  })

  test.each(withEffects)('%s is closed, and not withdrawn', (_, commands) => {
    const failed = requestAfter(commands)
    expect(failed.state).toBe('failed')
    expect(take(failed, command.withdraw()).decided).toEqual(E.left({ _tag: 'HolderCalled' }))
    expect(take(failed, command.close()).after).toMatchObject({
      state: 'abandoned',
      abandonment: { by: isaiah, code: 'handledManually', note: null, effects: 'possible', at: anHourLater },
    })
  })
})

describe('what others joined', () => {
  const joined = [command.submit(), command.join({ by: lee, batch: friday })]

  test('is not withdrawn by the one who asked first, and is by an approver', () => {
    const request = requestAfter(joined)
    expect(take(request, command.withdraw()).decided).toEqual(E.left({ _tag: 'JoinedByOthers' }))
    expect(take(request, command.withdraw({ by: megan, reach: 'any' })).after?.state).toBe('withdrawn')
  })

  test('is what another joined: who asked again themselves may withdraw it', () => {
    const again = requestAfter([command.submit(), command.join({ batch: friday })])
    expect(again.joins).toHaveLength(1)
    expect(take(again, command.withdraw()).after?.state).toBe('withdrawn')
  })
})

describe('closing', () => {
  const failed = reach([
    ...failing.slice(0, 2),
    command.start({ holders: [graph, payroll, archive] }),
    { ...refused, holder: graph },
    { ...refused, holder: payroll },
    { ...refused, holder: archive },
  ])

  test('records one last look for each holder, and none for one that the plan does not have', () => {
    const lastLook = [
      { holder: payroll, result: 'absent' },
      { holder: graph, result: 'present' },
      { holder: decoded(HolderName)('another'), result: 'present' },
    ] as const
    expect(take(failed, command.close({ lastLook })).events).toMatchObject([
      {
        type: 'removalAbandoned',
        data: {
          effects: 'possible',
          lastLook: [
            { holder: graph, result: 'present' },
            { holder: payroll, result: 'absent' },
            { holder: archive, result: 'notLooked' },
          ],
        },
      },
    ])
  })

  const codes = ['handledManually', 'noLongerWanted', 'cannotBeDone', 'duplicate', 'other'] as const

  test('has five codes', () => {
    expect(Object.keys(AbandonmentCode.keys)).toEqual(codes)
  })

  test.each(codes)('%s is recorded with its note, and needs one only where it says nothing', code => {
    expect(take(failed, command.close({ code, note })).after).toMatchObject({
      state: 'abandoned',
      abandonment: { code, note },
    })
    expect(E.isLeft(take(failed, command.close({ code, note: null })).decided)).toBe(code === 'other')
  })

  test('is a repeat for the same person with the same code, and keeps the first note', () => {
    const closed = reach([command.close()], failed)
    expect(
      take(closed, command.close({ note, lastLook: [{ holder: graph, result: 'absent' }] })).decided,
    ).toEqual(E.right([]))
  })
})

describe('expiring', () => {
  const pending = reach([command.submit({ expiresAfterDays: 60 })])

  test('is off unless the tenant says so', () => {
    const never = reach([command.submit({ expiresAfterDays: null })])
    expect(never).toMatchObject({ expiresAt: null })
    expect(take(never, command.expire()).decided).toEqual(E.left({ _tag: 'NotExpiring' }))
  })

  test('happens at its time, and not a millisecond earlier', () => {
    const expiresAt = secondsAfter(submittedAt, 60 * 86_400)
    const early = command.expire({ at: secondsAfter(expiresAt, -0.001) })
    expect(take(pending, early).decided).toEqual(E.left({ _tag: 'NotExpiring' }))
    expect(take(pending, command.expire({ at: expiresAt })).after?.state).toBe('expired')
  })

  const expiresAt = secondsAfter(submittedAt, 60 * 86_400)
  const decisions = [
    ['approve', command.approve()],
    ['deny', command.deny()],
    ['withdraw', command.withdraw()],
  ] as const

  test.each(decisions)(
    'ends the time to %s, whether or not a worker has ended the request',
    (_, decision) => {
      const late = { ...decision, at: expiresAt }
      const expired = E.left({ _tag: 'WrongState', state: 'expired' })
      expect(take(pending, late).decided).toEqual(expired)
      expect(take(reach([command.expire()], pending), late).decided).toEqual(expired)
      expect(E.isRight(take(pending, { ...decision, at: secondsAfter(expiresAt, -0.001) }).decided)).toBe(
        true,
      )
    },
  )

  test('leaves an approval that was given a success', () => {
    const once = reach([required(2), command.approve()])
    expect(once).toMatchObject({ state: 'pendingApproval', expiresAt: '2027-01-22T09:00:00.000Z' })
    expect(take(once, command.approve({ at: muchLater })).decided).toEqual(E.right([]))
    expect(E.isLeft(take(once, command.approve({ by: lee, at: muchLater })).decided)).toBe(true)
  })

  test('ends nothing that was decided', () => {
    const approved = reach([command.approve()], pending)
    expect(take(approved, command.withdraw({ at: muchLater })).after?.state).toBe('withdrawn')
  })
})
