import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { type RemovalEvent, replay } from '../src/index.js'
import { command } from './making/commands.js'
import { eventsOf, run } from './making/history.js'
import { northwind, otherRequestId, payroll } from './making/people-and-places.js'

const corrupt = (sequence: number) => E.left({ _tag: 'CorruptHistory', sequence })

/** removalRequested, approvalGiven, removalApproved, removalStarted, holderCleared. */
const history = eventsOf(
  run([command.submit(), command.approve(), command.start(), command.recordHolderResult()]),
)
const withLast = (change: (last: RemovalEvent) => RemovalEvent) => [
  ...history.slice(0, -1),
  ...history.slice(-1).map(change),
]

describe('a corrupt history is', () => {
  test('an empty one', () => {
    expect(replay([])).toEqual(corrupt(1))
  })

  test('one that begins later than with its first event', () => {
    expect(replay(history.slice(1))).toEqual(corrupt(2))
    const shifted = history.map(happened => ({ ...happened, sequence: happened.sequence + 1 }))
    expect(replay(shifted)).toEqual(corrupt(2))
  })

  test('one that begins twice', () => {
    const again = history.slice(0, 1).map(happened => ({ ...happened, sequence: 6 }))
    expect(replay([...history, ...again])).toEqual(corrupt(6))
  })

  test('one with an event of another request, or of another tenant', () => {
    expect(replay(withLast(last => ({ ...last, requestId: otherRequestId })))).toEqual(corrupt(5))
    expect(replay(withLast(last => ({ ...last, tenantId: northwind })))).toEqual(corrupt(5))
  })

  test('one that names a holder that the plan does not have', () => {
    const cleared = withLast(last =>
      last.type === 'holderCleared' ? { ...last, data: { ...last.data, holder: payroll } } : last,
    )
    expect(replay(cleared)).toEqual(corrupt(5))
  })

  test('one that is closed with a look at a holder that the plan does not have', () => {
    const closed = eventsOf(
      run([
        command.submit(),
        command.approve(),
        command.start(),
        command.recordHolderResult({ result: { kind: 'failed', reason: 'refused' } }),
        command.close(),
      ]),
    ).map(happened =>
      happened.type === 'removalAbandoned'
        ? {
            ...happened,
            data: { ...happened.data, lastLook: [{ holder: payroll, result: 'absent' as const }] },
          }
        : happened,
    )
    expect(replay(closed)).toEqual(corrupt(7))
  })

  test('one with an event that its state does not allow', () => {
    const denied = eventsOf(run([command.submit(), command.deny()])).slice(1)
    const late = denied.map(happened => ({ ...happened, sequence: 6 }))
    expect(replay([...history, ...late])).toEqual(corrupt(6))
  })
})
