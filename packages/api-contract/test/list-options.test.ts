import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  largestPage,
  parseBatchListOptions,
  parseRemovalRequestListOptions as parse,
  type RemovalRequestListOptions,
  writeBatchListOptions,
  writeRemovalRequestListOptions as write,
} from '../src/index.js'

const userId = 'c228b2ae-c4fb-4eda-9620-7e73dddd1cac'

describe('the options of the list of removal requests', () => {
  it('may all be left out', () => {
    expect(parse([])).toStrictEqual(E.right({}))
  })

  it('are read', () => {
    expect(
      parse([
        ['state', 'failed, pendingApproval'],
        ['userId', userId.toUpperCase()],
        ['dueBefore', '2026-12-24T00:00:00Z'],
        ['$top', '50'],
        ['$skiptoken', 'abc'],
      ]),
    ).toStrictEqual(
      E.right({
        state: ['failed', 'pendingApproval'],
        userId,
        dueBefore: '2026-12-24T00:00:00.000Z',
        $top: 50,
        $skiptoken: 'abc',
      }),
    )
  })

  it.each([
    ['state', ''],
    ['state', 'done'],
    ['state', 'failed,'],
    ['userId', 'somebody'],
    ['dueBefore', '2026-12-24'],
    ['$top', '0'],
    ['$top', '1000'],
    ['$top', '1.5'],
    ['$top', '-1'],
    ['$skiptoken', ''],
    ['$filter', 'secret'],
    ['top', '5'],
    ['constructor', 'x'],
  ])('refuse %s=%s', (name, value) => {
    expect(E.isLeft(parse([[name, value]]))).toBe(true)
  })

  it.each(['state', 'userId', 'dueBefore', '$top', '$filter'])(
    'refuse %s without repeating its value',
    name => {
      expect(JSON.stringify(parse([[name, 'zebra']]))).not.toContain('zebra')
    },
  )

  it('refuse an option that is given twice', () => {
    expect(
      parse([
        ['$top', '5'],
        ['$top', '6'],
      ]),
    ).toStrictEqual(E.left({ message: 'A query option is given twice.' }))
  })

  it('of batches are fewer, and their pages smaller', () => {
    expect(
      parseBatchListOptions([
        ['state', 'failed'],
        ['$top', '100'],
        ['$skiptoken', 'abc'],
      ]),
    ).toStrictEqual(E.right({ state: ['failed'], $top: 100, $skiptoken: 'abc' }))
    expect(writeBatchListOptions({ state: ['failed', 'denied'], $top: 7 })).toStrictEqual([
      ['state', 'failed,denied'],
      ['$top', '7'],
    ])
    expect(E.isLeft(parseBatchListOptions([['$top', '101']]))).toBe(true)
    expect(parseBatchListOptions([['userId', userId]])).toStrictEqual(
      E.left({ message: 'A query option is not supported. Supported are state, $top, $skiptoken.' }),
    )
  })

  it('are read as they were written', () => {
    const states = fc.constantFrom('failed' as const, 'removing' as const, 'pendingApproval' as const)
    const options: fc.Arbitrary<RemovalRequestListOptions> = fc.record(
      {
        state: fc.array(states, { minLength: 1 }),
        $top: fc.integer({ min: 1, max: largestPage }),
        $skiptoken: fc.string({ minLength: 1 }),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    fc.assert(
      fc.property(options, given => {
        expect(parse(write(given))).toStrictEqual(E.right(given))
      }),
    )
  })
})
