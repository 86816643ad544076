import { describe, expect, it } from 'vitest'
import { askAgainAfter } from '../src/ask-again.js'
import { bareEnding } from '../src/endings.js'
import { readRetryAfter } from '../src/retry-after.js'

const retrying = { attempts: 6, firstMs: 200, longestMs: 2000 }
const failed = bareEnding('serverError')

describe('the pause before a read asks again', () => {
  it('grows twice as long at most with each request, up to a limit', () => {
    const longest = [1, 2, 3, 4, 5].map(number => askAgainAfter(retrying, failed, number, 60_000, () => 1))
    expect(longest).toStrictEqual([200, 400, 800, 1600, 2000])
    expect(askAgainAfter(retrying, failed, 6, 60_000, () => 1)).toBeNull()
  })

  it('is anything from nothing to that', () => {
    const pauses = [0, 0.25, 0.5].map(chance => askAgainAfter(retrying, failed, 2, 60_000, () => chance))
    expect(pauses).toStrictEqual([0, 100, 200])
  })

  it('is not shorter than Graph asks for, and none where the time does not allow it', () => {
    const busy = bareEnding('throttledFor', 3)
    expect(askAgainAfter(retrying, busy, 1, 8000, () => 0)).toBe(3000)
    expect(askAgainAfter(retrying, busy, 1, 3000, () => 0)).toBeNull()
  })

  it('does not come where asking again would change nothing', () => {
    expect(askAgainAfter(retrying, bareEnding('forbidden'), 1, 8000, () => 0)).toBeNull()
    expect(askAgainAfter(retrying, { kind: 'found', value: 1 }, 1, 8000, () => 0)).toBeNull()
  })
})

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 23, 9, 0, 0, 400)

  it.each([
    ['0', 1],
    ['1', 1],
    [' 120 ', 120],
    ['99999999', 86_400],
    ['Mon, 23 Nov 2026 09:00:30 GMT', 30],
    ['Monday, 23-Nov-26 09:00:30 GMT', 30],
    ['Mon Nov 23 09:00:30 2026', 30],
    ['Mon, 23 Nov 2026 08:00:00 GMT', 1],
  ])('%j is %i s', (text, seconds) => {
    expect(readRetryAfter(text, now)).toBe(seconds)
  })

  it.each([undefined, '', 'soon', '-1', '1.5', '0x10', '2026-11-23', 'Mon, 99 Xyz 2026'])(
    '%j is none',
    text => {
      expect(readRetryAfter(text, now)).toBeNull()
    },
  )
})
