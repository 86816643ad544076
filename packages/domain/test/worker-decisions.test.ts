import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { holderAnswer, type RemovalCommand, replay } from '../src/index.js'
import { rightOf } from './making/decoded.js'
import { anHourLater, command, schedule, secondsAfter } from './making/commands.js'
import { reach, requestAfter, take } from './making/history.js'
import { adele, archive, graph, megan, payroll } from './making/people-and-places.js'

const approved = [command.submit(), command.approve()]
const removing = (holders = [graph]) => [...approved, command.start({ holders })]
const clear = (holder: typeof graph) => command.recordHolderResult({ holder })
const verifying = (holders = [graph]) => [...removing(holders), ...holders.map(clear)]
const refused = { kind: 'failed', reason: 'refused' } as const

const later = (seconds: number) => secondsAfter(anHourLater, seconds)
const retryLater = (afterSeconds: number | null, holder = graph, at = anHourLater) =>
  command.recordHolderResult({ holder, result: { kind: 'retryLater', afterSeconds }, at })
const present = (at: typeof anHourLater, holder = graph) =>
  command.recordReadBack({ holder, result: { kind: 'present' }, at })

const holderOf = (commands: ReadonlyArray<RemovalCommand>, name = graph) =>
  requestAfter(commands).holders.find(holder => holder.name === name)

/** A request for which one approval is needed, and a history that says `approved` without it. */
const approvedByNobody = () => {
  const asked = take(null, command.submit()).events
  const automatic = take(null, command.submit({ policy: { mode: 'automatic' } })).events
  return rightOf(replay([...asked, ...automatic.slice(1)]))
}

describe('starting', () => {
  test('takes the holders that are configured then, not those of the submission', () => {
    const started = requestAfter(removing([payroll, archive]))
    expect(started.holders.map(({ name, state }) => [name, state])).toEqual([
      [payroll, 'pending'],
      [archive, 'pending'],
    ])
  })

  test('checks the approvals again: a history that was approved without them does not start', () => {
    const request = approvedByNobody()
    expect(request.state).toBe('approved')
    expect(take(request, command.start()).decided).toEqual(E.left({ _tag: 'NotApproved' }))
  })

  test('fails where no holder is configured, for a reason that an operator can act on', () => {
    expect(requestAfter(removing([]))).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderNotConfigured', holder: null },
    })
  })
})

describe('a request that failed before it started', () => {
  test('takes the holders that are configured at the retry', () => {
    const failed = [...approved, command.start({ holders: [] })]
    const restarted = requestAfter([...failed, command.retry(), command.start({ holders: [graph, payroll] })])
    expect(restarted.state).toBe('removing')
    expect(restarted.holders.map(({ name }) => name)).toEqual([graph, payroll])
  })

  test('is not stuck where no holder was configured at the submission either', () => {
    const unconfigured = [command.submit({ holders: [] }), command.approve(), command.start({ holders: [] })]
    const restarted = [...unconfigured, command.retry(), command.start()]
    expect(requestAfter(restarted)).toMatchObject({ state: 'removing', holders: [{ name: graph }] })
  })

  test('does not get past the check of the approvals by failing and being retried', () => {
    const retried = requestAfter([command.fail(), command.retry()], approvedByNobody())
    expect(retried.state).not.toBe('removing')
    expect(take(retried, command.start()).decided).toEqual(E.left({ _tag: 'NotApproved' }))
  })

  test('keeps who retried it, because a delegated credential is theirs', () => {
    const failed = [...approved, command.start({ holders: [] })]
    const restarted = requestAfter([...failed, command.retry({ by: megan }), command.start()])
    expect(restarted).toMatchObject({ state: 'removing', retriedBy: megan })
  })
})

describe('recording a result', () => {
  test('removes from all holders before it verifies', () => {
    const first = [...removing([graph, payroll]), clear(payroll)]
    expect(requestAfter(first).state).toBe('removing')
    expect(requestAfter([...first, clear(graph)]).state).toBe('verifying')
  })

  test('counts the calls that asked to remove, and no others', () => {
    const attempts = [true, false, true].map(called =>
      command.recordHolderResult({ result: { kind: 'unknownOutcome' }, called }),
    )
    expect(holderOf([...removing(), ...attempts])).toMatchObject({ attempts: 2, unknownOutcome: true })
    expect(holderOf([...removing(), ...attempts, clear(graph)])).toMatchObject({
      attempts: 3,
      unknownOutcome: false,
    })
  })

  test('waits longer after each attempt, up to the longest delay', () => {
    const waits = [1, 2, 3, 4, 5, 6].map(count => {
      const request = requestAfter([...removing(), ...Array.from({ length: count }, () => retryLater(null))])
      return request.state === 'removing' ? request.job.notBefore : null
    })
    expect(waits).toEqual([60, 120, 240, 480, 600, 600].map(later))
  })

  test('counts reads that settle nothing as tries, and begins anew after a retry', () => {
    const failing = command.recordHolderResult({
      holder: graph,
      result: { kind: 'failed', reason: 'refused' },
    })
    const reading = command.recordHolderResult({
      holder: graph,
      result: { kind: 'retryLater', afterSeconds: null },
      called: false,
    })
    expect(requestAfter([...removing(), reading, reading])).toMatchObject({ job: { notBefore: later(120) } })
    expect(
      requestAfter([
        ...removing(),
        retryLater(null),
        retryLater(null),
        failing,
        command.retry(),
        retryLater(null),
      ]),
    ).toMatchObject({ state: 'removing', job: { notBefore: later(60) } })
  })

  test.each([
    { afterSeconds: null, wait: 60 },
    { afterSeconds: 0, wait: 60 },
    { afterSeconds: 59, wait: 60 },
    { afterSeconds: 61, wait: 61 },
    { afterSeconds: 3600, wait: 3600 },
  ])('asked to wait $afterSeconds s, waits $wait s', ({ afterSeconds, wait }) => {
    expect(requestAfter([...removing(), retryLater(afterSeconds)])).toMatchObject({
      state: 'removing',
      job: { notBefore: later(wait) },
    })
  })

  test('waits at least as long as each of several holders asked for', () => {
    const both = [...removing([graph, payroll]), retryLater(3600, graph), retryLater(1, payroll)]
    expect(requestAfter(both)).toMatchObject({ state: 'removing', job: { notBefore: later(3600) } })
  })

  test('still does not know how a call ended when it could not be read back', () => {
    const read = command.recordHolderResult({
      result: { kind: 'retryLater', afterSeconds: null },
      called: false,
    })
    const unknown = command.recordHolderResult({ result: { kind: 'unknownOutcome' } })
    expect(holderOf([...removing(), unknown, read])).toMatchObject({ unknownOutcome: true })
    const later = command.recordHolderResult({
      result: { kind: 'retryLater', afterSeconds: null },
      called: true,
    })
    expect(holderOf([...removing(), unknown, later])).toMatchObject({ unknownOutcome: true })
    expect(holderOf([...removing(), unknown, later, clear(graph)])).toMatchObject({ unknownOutcome: false })
  })

  test('gives up after the time of the schedule, and not before', () => {
    const last = requestAfter([
      ...removing(),
      retryLater(null, graph, later(schedule.giveUpAfterSeconds - 1)),
    ])
    expect(last.state).toBe('removing')
    const over = requestAfter([...removing(), retryLater(null, graph, later(schedule.giveUpAfterSeconds))])
    expect(over).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderUnavailable', holder: graph },
    })
  })

  test('goes on with the other holders before the request fails', () => {
    const first = [
      ...removing([graph, payroll]),
      command.recordHolderResult({ holder: graph, result: refused }),
    ]
    expect(requestAfter(first)).toMatchObject({ state: 'removing', holders: [{ state: 'failed' }, {}] })
    expect(requestAfter([...first, clear(payroll)])).toMatchObject({
      state: 'failed',
      failure: { reason: 'refused', holder: graph },
      holders: [{ state: 'failed', failure: 'refused' }, { state: 'cleared' }],
    })
  })

  test('is refused for a holder that the plan does not have', () => {
    const unknown = E.left({ _tag: 'UnknownHolder' })
    const states = [removing(), verifying(), [...verifying(), command.recordReadBack()]].map(path =>
      reach(path),
    )
    expect(states.map(state => take(state, clear(payroll)).decided)).toEqual([unknown, unknown, unknown])
  })
})

describe('a repeat of the result that failed the request', () => {
  test('succeeds for the holder that failed', () => {
    const failing = command.recordHolderResult({ result: refused })
    expect(take(reach([...removing(), failing]), failing).decided).toEqual(E.right([]))
  })

  test('succeeds for the last holder that was cleared', () => {
    const failing = command.recordHolderResult({ holder: graph, result: refused })
    const failed = reach([...removing([graph, payroll]), failing, clear(payroll)])
    expect(take(failed, clear(payroll)).decided).toEqual(E.right([]))
  })

  test('succeeds for a read-back', () => {
    const failing = command.recordReadBack({ result: refused })
    expect(take(reach([...verifying(), failing]), failing).decided).toEqual(E.right([]))
  })
})

describe('reading back', () => {
  test.each([
    { first: 'absent', second: 'absent', outcome: 'verifiedAbsent' },
    { first: 'absent', second: 'notSupported', outcome: 'acceptedOnly' },
    { first: 'notSupported', second: 'notSupported', outcome: 'acceptedOnly' },
  ] as const)('$first and $second: $outcome', ({ first, second, outcome }) => {
    const one = command.recordReadBack({ holder: graph, result: { kind: first } })
    const two = command.recordReadBack({ holder: payroll, result: { kind: second } })
    const verified = [...verifying([graph, payroll]), one]
    expect(requestAfter(verified).state).toBe('verifying')
    expect(requestAfter([...verified, two])).toMatchObject({ state: 'completed', outcome })
  })

  test('waits longer after each read-back that finds the data', () => {
    const reads = [0, 100, 300].map(seconds => present(later(seconds)))
    const waits = [1, 2, 3].map(count => {
      const request = requestAfter([...verifying(), ...reads.slice(0, count)])
      return request.state === 'verifying' ? request.job.notBefore : null
    })
    expect(waits).toEqual([later(60), later(100 + 120), later(300 + 240)])
  })

  test('waits for each holder as long as its own read-backs call for', () => {
    const both = [graph, payroll].map(holder => present(later(0), holder))
    expect(requestAfter([...verifying([graph, payroll]), ...both])).toMatchObject({
      state: 'verifying',
      job: { notBefore: later(60) },
    })
  })

  test.each([
    { kind: 'present', reason: 'stillPresent' },
    { kind: 'unknown', reason: 'holderUnavailable' },
  ] as const)('$kind until the time is over fails: $reason', ({ kind, reason }) => {
    const read = (seconds: number) => command.recordReadBack({ result: { kind }, at: later(seconds) })
    expect(requestAfter([...verifying(), read(schedule.giveUpAfterSeconds - 1)]).state).toBe('verifying')
    expect(requestAfter([...verifying(), read(schedule.giveUpAfterSeconds)])).toMatchObject({
      state: 'failed',
      failure: { reason, holder: graph },
    })
  })

  test('counts a repeated removal as an attempt', () => {
    const repeated = command.recordReadBack({ result: { kind: 'present' }, removalRepeated: true })
    expect(holderOf([...verifying(), repeated])).toMatchObject({ attempts: 2, state: 'cleared' })
  })
})

describe('retrying', () => {
  const halfRemoved = [
    ...removing([graph, payroll]),
    clear(graph),
    command.recordHolderResult({ holder: payroll, result: refused }),
  ]

  test('resumes with the holders that are not done yet', () => {
    expect(requestAfter([...halfRemoved, command.retry()])).toMatchObject({
      state: 'removing',
      retriedBy: adele,
      holders: [
        { name: graph, state: 'cleared' },
        { name: payroll, state: 'pending', failure: null },
      ],
    })
  })

  test('resumes verifying where all holders were done, and calls again only those that failed', () => {
    const stillPresent = [
      ...verifying([graph, payroll]),
      command.recordReadBack({ holder: payroll }),
      present(later(schedule.giveUpAfterSeconds), graph),
    ]
    expect(requestAfter([...stillPresent, command.retry()])).toMatchObject({
      state: 'verifying',
      repeatIfPresent: [graph],
      holders: [
        { name: graph, state: 'cleared', failure: null },
        { name: payroll, state: 'verifiedAbsent' },
      ],
    })
  })

  test('gives the holders their time anew', () => {
    const over = later(schedule.giveUpAfterSeconds)
    const failed = [...removing(), retryLater(null, graph, over)]
    const again = [...failed, command.retry({ at: over }), retryLater(null, graph, secondsAfter(over, 60))]
    expect(requestAfter(again).state).toBe('removing')
  })

  test('makes the jobs from before stale', () => {
    const retried = requestAfter([...halfRemoved, command.retry()])
    expect(retried).toMatchObject({ job: { causedBy: retried.version, notBefore: null } })
  })

  test('is a repeat only for the person who retried', () => {
    const retried = reach([...halfRemoved, command.retry()])
    expect(take(retried, command.retry()).decided).toEqual(E.right([]))
    expect(take(retried, command.retry({ by: megan })).decided).toEqual(
      E.left({ _tag: 'WrongState', state: 'removing' }),
    )
  })

  test('may fail and be retried again', () => {
    const again = [
      ...halfRemoved,
      command.retry(),
      command.recordHolderResult({ holder: payroll, result: refused }),
    ]
    expect(requestAfter([...again, command.retry()])).toMatchObject({ state: 'removing', retriedBy: adele })
  })
})

describe('a profile counts as gone', () => {
  const rule = { looks: 3, seconds: 60 }
  const cleared = [...approved, command.start({ absence: rule }), clear(graph)]
  const look = (kind: 'absent' | 'present' | 'unknown', seconds: number) =>
    command.recordReadBack({ result: { kind }, at: later(seconds) })
  const after = (looks: ReadonlyArray<RemovalCommand>) => requestAfter([...cleared, ...looks])

  test('after as many looks as the rule asks for, each of them in the history', () => {
    const request = after([look('absent', 0), look('absent', 30)])
    expect(request).toMatchObject({ state: 'verifying', job: { notBefore: later(60) } })
    const steps = [look('absent', 0), look('absent', 30), look('absent', 60)]
    const last = take(request, look('absent', 60))
    expect(last.events.map(({ type }) => type)).toEqual(['readBackRecorded', 'removalCompleted'])
    expect(after(steps)).toMatchObject({ state: 'completed', outcome: 'verifiedAbsent' })
    expect(take(requestAfter(cleared), look('absent', 0)).events).toMatchObject([
      { type: 'absenceSeen', data: { nextAt: later(30) } },
    ])
  })

  test('not before the first and the last of them are as far apart as it asks for', () => {
    const early = [look('absent', 0), look('absent', 10), look('absent', 20)]
    expect(after(early)).toMatchObject({ state: 'verifying', job: { notBefore: later(60) } })
    expect(after([...early, look('absent', 60)])).toMatchObject({ state: 'completed' })
  })

  test('only where nothing in between found the profile, which starts the count anew', () => {
    const seen = [look('absent', 0), look('absent', 30), look('present', 40), look('absent', 70)]
    expect(after(seen)).toMatchObject({
      state: 'verifying',
      holders: [{ absent: { looks: 1, since: later(70) } }],
    })
    expect(after([...seen, look('absent', 100), look('absent', 130)])).toMatchObject({ state: 'completed' })
  })

  test('counted anew from a repeated removal on, which follows on a look that found the profile', () => {
    const repeated = (kind: 'absent' | 'unknown') =>
      command.recordReadBack({ result: { kind }, removalRepeated: true, at: later(60) })
    const first = [look('absent', 0), look('absent', 30)]
    const again = [...first, repeated('absent')]
    expect(after(again)).toMatchObject({
      state: 'verifying',
      job: { notBefore: later(90) },
      holders: [{ absent: { looks: 1, since: later(60) } }],
    })
    expect(after([...again, look('absent', 90)])).toMatchObject({ state: 'verifying' })
    expect(after([...again, look('absent', 90), look('absent', 120)])).toMatchObject({ state: 'completed' })
    expect(after([...first, repeated('unknown')])).toMatchObject({ holders: [{ absent: null }] })
  })

  test('also where a look in between could not be made', () => {
    const seen = [look('absent', 0), look('unknown', 30), look('absent', 60)]
    expect(after([...seen, look('absent', 120)])).toMatchObject({ state: 'completed' })
  })

  test('even where the time for read-backs is over in between', () => {
    const nearTheEnd = schedule.giveUpAfterSeconds - 1
    const looks = [0, 30, 60].map(seconds => look('absent', nearTheEnd + seconds))
    expect(after(looks)).toMatchObject({ state: 'completed' })
    expect(after([...looks.slice(0, 2), look('present', nearTheEnd + 60)])).toMatchObject({
      state: 'failed',
      failure: { reason: 'stillPresent' },
    })
  })

  test('after one look where the removal started without a rule, as all did once', () => {
    expect(requestAfter([...verifying(), look('absent', 0)])).toMatchObject({ state: 'completed' })
  })

  test('anew after a retry', () => {
    const refusedLater = command.recordReadBack({ result: refused, at: later(40) })
    const retried = after([look('absent', 0), look('absent', 30), refusedLater, command.retry()])
    expect(retried).toMatchObject({ state: 'verifying', holders: [{ absent: null }] })
  })
})

describe('a block', () => {
  const blockedAt = (seconds: number) =>
    command.recordBlock({ at: later(seconds), retryAt: later(seconds + 60) })
  const day = 86_400

  test('is in the history once, then every twelve hours, each time with the job that tries again', () => {
    const request = requestAfter([...removing(), blockedAt(0)])
    expect(request).toMatchObject({
      state: 'removing',
      job: { causedBy: request.version, notBefore: later(60) },
      holders: [{ blocked: { by: 'credential', at: later(0) } }],
    })
    expect(take(request, blockedAt(60)).events).toEqual([])
    expect(
      take(request, command.recordBlock({ blockedBy: 'permission', at: later(60) })).events,
    ).toHaveLength(1)
    expect(take(request, blockedAt(day / 2)).events).toHaveLength(1)
  })

  test('takes no time away from attempts, however long it lasts', () => {
    const waited = [blockedAt(0), blockedAt(day), blockedAt(5 * day)]
    const again = retryLater(null, graph, later(5 * day + 10))
    expect(requestAfter([...removing(), ...waited, again])).toMatchObject({
      state: 'removing',
      since: later(5 * day + 10),
      holders: [{ blocked: null }],
    })
    const lastTry = retryLater(null, graph, later(6 * day + 10))
    expect(requestAfter([...removing(), ...waited, again, lastTry])).toMatchObject({
      state: 'failed',
      failure: { reason: 'holderUnavailable' },
    })
  })

  test('is over where the request failed for another reason, and takes no time of its retry', () => {
    const failed = command.fail({ reason: 'workerFailed', at: later(10) })
    const retriedLater = command.retry({ at: later(60 * day) })
    const again = retryLater(null, graph, later(60 * day + 10))
    expect(requestAfter([...removing(), blockedAt(0), failed, retriedLater, again])).toMatchObject({
      state: 'removing',
      since: later(60 * day),
      holders: [{ blocked: null }],
    })
  })

  test('takes no time away from read-backs either', () => {
    expect(requestAfter([...verifying(), blockedAt(0), present(later(3 * day))])).toMatchObject({
      state: 'verifying',
      since: later(3 * day),
    })
  })
})

describe('what a holder said', () => {
  const answer = { detail: 'Authorization_RequestDenied', holderRequestId: 'a1' }

  test('stays with the attempt that failed, and goes with the next one', () => {
    const attempt = command.recordHolderResult({ result: { kind: 'retryLater', afterSeconds: 1 }, answer })
    expect(holderOf([...removing(), attempt])?.answer).toEqual(answer)
    expect(holderOf([...removing(), attempt, retryLater(null)])?.answer).toEqual({})
    expect(holderOf([...removing(), command.recordHolderResult({ result: refused, answer })])).toMatchObject({
      failure: 'refused',
      answer,
    })
  })

  test('stays with the read-back that failed', () => {
    const husk = { detail: 'husk' }
    const seen = command.recordReadBack({ result: { kind: 'present' }, answer: husk, at: later(2 * 86_400) })
    expect(holderOf([...verifying(), seen])).toMatchObject({ failure: 'stillPresent', answer: husk })
  })

  test('is words and never a text', () => {
    expect(holderAnswer('Request_ResourceNotFound', '7b2ff2ba-0f3c')).toEqual({
      detail: 'Request_ResourceNotFound',
      holderRequestId: '7b2ff2ba-0f3c',
    })
    expect(holderAnswer('Bob is not there', `x${'y'.repeat(64)}`)).toEqual({})
    expect(holderAnswer(null, undefined)).toEqual({})
  })
})
