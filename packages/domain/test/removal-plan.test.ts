import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { delayAfter, type HolderProgress, outcomeOf, pendingHolder } from '../src/index.js'
import { schedule } from './making/commands.js'
import { graph } from './making/people-and-places.js'

const every = ['pending', 'cleared', 'verifiedAbsent', 'acceptedOnly', 'failed'] as const
const holders = (states: ReadonlyArray<HolderProgress['state']>) =>
  states.map(state => ({ ...pendingHolder(graph), state }))

describe('the outcome of several holders', () => {
  test('is there once each is done, and verified only where each was read back as gone', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...every), { minLength: 1 }), states => {
        const done = states.every(state => state === 'verifiedAbsent' || state === 'acceptedOnly')
        const wanted = states.includes('acceptedOnly') ? 'acceptedOnly' : 'verifiedAbsent'
        expect(outcomeOf(holders(states))).toBe(done ? wanted : null)
      }),
    )
  })
})

describe('the delay before another try', () => {
  test.each([
    [0, 60],
    [1, 60],
    [2, 120],
    [3, 240],
    [4, 480],
    [5, 600],
    [100_000, 600],
  ])('after %i tries is %i s', (tries, seconds) => {
    expect(delayAfter(schedule, tries)).toBe(seconds)
  })
})
