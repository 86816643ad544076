import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addSeconds,
  dateOf,
  endOfDay,
  Instant,
  instantFromMilliseconds,
  LocalDate,
  millisecondsOf,
  nextDay,
  secondsBetween,
  weekdayOf,
} from '../src/index.js'
import { instant, localDate } from './making/people-and-places.js'

const first = Date.parse('0001-01-01T00:00:00.000Z')
const last = Date.parse('9999-12-31T23:59:59.999Z')
const moments = fc.integer({ min: first, max: last })

describe('an instant', () => {
  test.each([
    ['2026-11-23T09:00:00Z', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00:00.1Z', '2026-11-23T09:00:00.100Z'],
    ['2026-11-23T09:00:00.123456789Z', '2026-11-23T09:00:00.123Z'],
    ['2026-11-23T09:00:00.9999Z', '2026-11-23T09:00:00.999Z'],
    ['2026-11-23T09:00:00+01:00', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T09:00:00-05:30', '2026-11-23T14:30:00.000Z'],
    ['2026-11-23T09:00:00+00:00', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00:00-00:00', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T00:30:00+01:00', '2026-11-22T23:30:00.000Z'],
    ['2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000Z'],
    ['2028-02-29T12:00:00Z', '2028-02-29T12:00:00.000Z'],
    ['2000-02-29T12:00:00Z', '2000-02-29T12:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is read as %s', (text, canonical) => {
    expect(Instant.decode(text)).toEqual(E.right(canonical))
  })

  test.each([
    '',
    'now',
    '2026-11-23',
    '2026-11-23T09:00:00',
    '2026-11-23T09:00Z',
    '2026-11-23 09:00:00Z',
    ' 2026-11-23T09:00:00Z',
    '2026-11-23T09:00:00Z\n',
    '2026-11-23T09:00:00+0100',
    '2026-11-23T09:00:00+24:00',
    '2026-11-23T09:00:00+01:60',
    '2026-11-23T24:00:00Z',
    '2026-11-23T09:60:00Z',
    '2026-11-23T09:00:60Z',
    '2026-11-23T09:00:00.Z',
    '2026-11-23T09:00:00.1234567890Z',
    '2026-02-29T09:00:00Z',
    '2100-02-29T09:00:00Z',
    '2026-02-30T09:00:00Z',
    '2026-04-31T09:00:00Z',
    '2026-13-01T09:00:00Z',
    '2026-00-01T09:00:00Z',
    '2026-01-00T09:00:00Z',
    '2026-01-32T09:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+02026-11-23T09:00:00Z',
    '٢٠٢٦-11-23T09:00:00Z',
    1_795_424_400_000,
    null,
    undefined,
    ['2026-11-23T09:00:00Z'],
  ])('%j is none', value => {
    expect(E.isLeft(Instant.decode(value))).toBe(true)
  })

  test('is known by its one spelling', () => {
    expect(Instant.is('2026-11-23T09:00:00.000Z')).toBe(true)
    const others = ['2026-11-23T09:00:00Z', '2026-11-23T10:00:00.000+01:00', '2026-02-30T09:00:00.000Z']
    expect(others.filter(other => Instant.is(other))).toEqual([])
  })

  test('reads what it wrote, and comes back to the same milliseconds', () => {
    fc.assert(
      fc.property(moments, milliseconds => {
        const text = instantFromMilliseconds(milliseconds)
        expect(Instant.decode(text)).toEqual(E.right(text))
        expect(millisecondsOf(text)).toBe(milliseconds)
      }),
    )
  })

  test('has an order as a string that is the order in time', () => {
    fc.assert(
      fc.property(moments, moments, (one, other) => {
        const [a, b] = [instantFromMilliseconds(one), instantFromMilliseconds(other)]
        expect(a < b).toBe(one < other)
        expect(a === b).toBe(one === other)
      }),
    )
  })

  test('is the same moment in any offset', () => {
    const offset = fc.tuple(fc.constantFrom('+', '-'), fc.nat({ max: 23 }), fc.nat({ max: 59 }))
    fc.assert(
      fc.property(
        fc.integer({ min: first + 2 * 86_400_000, max: last - 2 * 86_400_000 }),
        offset,
        (milliseconds, [sign, hours, minutes]) => {
          const shift = (sign === '+' ? 1 : -1) * (hours * 60 + minutes) * 60_000
          const local = new Date(milliseconds + shift).toISOString().slice(0, -1)
          const zone = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
          expect(instant(`${local}${zone}`)).toBe(instantFromMilliseconds(milliseconds))
        },
      ),
    )
  })

  test('is never a failure, whatever the text looks like', () => {
    const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`))
    const likely = fc
      .tuple(digits(4), digits(2), digits(2), digits(2), digits(2), digits(2), digits(2), digits(2))
      .map(([y, mo, d, h, mi, s, oh, om]) => `${y}-${mo}-${d}T${h}:${mi}:${s}+${oh}:${om}`)
    fc.assert(
      fc.property(fc.oneof(likely, fc.anything()), value => {
        expect(['Left', 'Right']).toContain(Instant.decode(value)._tag)
      }),
    )
  })
})

describe('reckoning with instants', () => {
  test('stops at the first and the last that can be named', () => {
    expect(instantFromMilliseconds(Number.POSITIVE_INFINITY)).toBe('9999-12-31T23:59:59.999Z')
    expect(instantFromMilliseconds(Number.NEGATIVE_INFINITY)).toBe('0001-01-01T00:00:00.000Z')
    expect(addSeconds(instant('9999-12-31T00:00:00Z'), 1e12)).toBe('9999-12-31T23:59:59.999Z')
    expect(addSeconds(instant('0001-01-02T00:00:00Z'), -1e12)).toBe('0001-01-01T00:00:00.000Z')
  })

  test('adds what lies between', () => {
    fc.assert(
      fc.property(moments, moments, (one, other) => {
        const [a, b] = [instantFromMilliseconds(one), instantFromMilliseconds(other)]
        expect(addSeconds(a, secondsBetween(a, b))).toSatisfy(
          (sum: Instant) => Math.abs(millisecondsOf(sum) - other) <= 1,
        )
      }),
    )
  })

  test.each([
    ['2026-11-23T09:00:00Z', 1, '2026-11-23T09:00:01.000Z'],
    ['2026-11-23T09:00:00Z', 0.5, '2026-11-23T09:00:00.500Z'],
    ['2026-12-31T23:59:59Z', 1, '2027-01-01T00:00:00.000Z'],
    ['2026-11-23T09:00:00Z', -86_400, '2026-11-22T09:00:00.000Z'],
  ])('%s and %d s: %s', (from, seconds, to) => {
    expect(addSeconds(instant(from), seconds)).toBe(to)
  })
})

describe('a local date', () => {
  test.each(['2026-11-23', '2028-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s is one', text => {
    expect(LocalDate.decode(text)).toEqual(E.right(text))
  })

  test.each([
    '2026-02-29',
    '1900-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    '2026-1-1',
    '26-01-01',
    '2026/01/01',
    '20260101',
    '2026-11-23T00:00:00Z',
    ' 2026-11-23',
    '2026-11-23\n',
    20_261_123,
    null,
  ])('%j is none', value => {
    expect(E.isLeft(LocalDate.decode(value))).toBe(true)
  })

  test.each([
    ['2026-11-23', '2026-11-24', 1],
    ['2026-11-30', '2026-12-01', 1],
    ['2026-12-31', '2027-01-01', 4],
    ['2028-02-28', '2028-02-29', 1],
    ['2026-02-28', '2026-03-01', 6],
    ['0050-12-31', '0051-01-01', 6],
  ])('%s is followed by %s', (date, next, weekday) => {
    expect(nextDay(localDate(date))).toBe(next)
    expect(weekdayOf(localDate(date))).toBe(weekday)
  })

  test('is the date of every instant of its day, which ends with its last second', () => {
    fc.assert(
      fc.property(moments, milliseconds => {
        const moment = instantFromMilliseconds(milliseconds)
        expect(dateOf(moment)).toBe(moment.slice(0, 10))
        expect(endOfDay(dateOf(moment))).toBe(`${moment.slice(0, 10)}T23:59:59.000Z`)
      }),
    )
  })
})
