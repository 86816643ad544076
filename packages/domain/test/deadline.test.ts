import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addMonths,
  dateOf,
  dueAt,
  expiryOf,
  lastDayToAnswer,
  millisecondsOf,
  saturdayAndSunday,
  weekdayOf,
  type WorkingCalendar,
} from '../src/index.js'
import { secondsAfter } from './making/commands.js'
import { instant, localDate } from './making/people-and-places.js'

/** The last day to answer what was received on a day, with Saturdays, Sundays and these holidays off. */
const lastDay = (received: string, publicHolidays: ReadonlyArray<string> = []) =>
  lastDayToAnswer(
    { ...saturdayAndSunday, publicHolidays: publicHolidays.map(localDate) },
    localDate(received),
  )

/** Days off that fail when they are asked for ever, where a test would hang. */
const impatient = (days: ReadonlyArray<number>): ReadonlyArray<number> => {
  let asked = 0
  return Object.assign([...days], {
    includes: (day: number) => {
      asked += 1
      if (asked > 10_000) throw new Error('The search for a working day does not end.')
      return days.includes(day)
    },
  })
}

describe('the last day to answer (GDPR art. 12(3), Regulation 1182/71 art. 3)', () => {
  test.each([
    ['the same date of the next month', '2026-11-23', '2026-12-23'],
    ['the 30th', '2026-10-30', '2026-11-30'],
    ['the end of a month of 31 before one of 30', '2026-08-31', '2026-09-30'],
    ['31 January of a common year, 28 February a Saturday', '2026-01-31', '2026-03-02'],
    ['31 January of a common year', '2025-01-31', '2025-02-28'],
    ['30 January of a common year', '2025-01-30', '2025-02-28'],
    ['28 January of a common year', '2025-01-28', '2025-02-28'],
    ['31 January of a leap year', '2028-01-31', '2028-02-29'],
    ['30 January of a leap year', '2028-01-30', '2028-02-29'],
    ['29 January of a leap year', '2024-01-29', '2024-02-29'],
    ['29 February', '2028-02-29', '2028-03-29'],
    ['28 February', '2028-02-28', '2028-03-28'],
    ['a century that is no leap year, 28 February a Sunday', '2100-01-31', '2100-03-01'],
    ['a century that is a leap year', '2000-01-31', '2000-02-29'],
    ['over the end of a year', '2026-12-15', '2027-01-15'],
    ['31 December, to a Sunday', '2026-12-31', '2027-02-01'],
    ['to a Saturday', '2026-11-05', '2026-12-07'],
    ['to a Sunday', '2026-11-06', '2026-12-07'],
    ['received on a Saturday', '2026-11-21', '2026-12-21'],
  ])('%s: %s to %s', (_, received, last) => {
    expect(lastDay(received)).toBe(last)
  })

  test.each([
    ['one holiday', '2026-12-01', ['2027-01-01'], '2027-01-04'],
    ['Christmas in a row with a weekend', '2026-11-25', ['2026-12-25', '2026-12-26'], '2026-12-28'],
    [
      'holidays on either side of a weekend, over the end of the year',
      '2026-11-30',
      ['2026-12-30', '2026-12-31', '2027-01-01', '2027-01-04'],
      '2027-01-05',
    ],
    ['a holiday the day after does not count', '2026-11-23', ['2026-12-24'], '2026-12-23'],
    ['a holiday within the month does not count', '2026-11-23', ['2026-12-08'], '2026-12-23'],
    ['Easter', '2026-03-03', ['2026-04-03', '2026-04-06'], '2026-04-07'],
  ])('%s: %s with %j off to %s', (_, received, holidays, last) => {
    expect(lastDay(received, holidays)).toBe(last)
  })

  test('a weekend can be other days', () => {
    const fridayAndSaturday: WorkingCalendar = { weekend: [5, 6], publicHolidays: [] }
    expect(lastDayToAnswer(fridayAndSaturday, localDate('2026-11-04'))).toBe('2026-12-06')
  })

  test.each([
    ['in a week without a working day', [0, 1, 2, 3, 4, 5, 6], '2026-11-23'],
    ['where time ends on a day off', [5, 6], '9999-12-01'],
  ])('%s is found all the same', (_, days, received) => {
    const calendar: WorkingCalendar = { weekend: impatient(days), publicHolidays: [] }
    expect(() => lastDayToAnswer(calendar, localDate(received))).not.toThrow()
  })
})

const years = fc.integer({ min: 1, max: 9990 })
const dates = fc
  .tuple(years, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), fc.nat({ max: 3 }))
  .map(([year, month, day, more]) => {
    const text = [String(year).padStart(4, '0'), String(month).padStart(2, '0')].join('-')
    const last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 28
    return localDate(`${text}-${String(Math.min(day + more, last)).padStart(2, '0')}`)
  })
const calendars: fc.Arbitrary<WorkingCalendar> = fc.record({
  weekend: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }),
  publicHolidays: fc.array(dates, { maxLength: 5 }),
})
/** The holidays fall where they matter: on and after the day a month later. */
const cases = fc
  .tuple(calendars, dates, fc.uniqueArray(fc.nat({ max: 9 })))
  .map(([calendar, received, offsets]) => {
    const start = millisecondsOf(instant(`${addMonths(received, 1)}T00:00:00Z`))
    const near = offsets.map(days =>
      localDate(new Date(start + days * 86_400_000).toISOString().slice(0, 10)),
    )
    return { received, calendar: { ...calendar, publicHolidays: [...calendar.publicHolidays, ...near] } }
  })

describe('always', () => {
  test('it is a working day', () => {
    fc.assert(
      fc.property(cases, ({ calendar, received }) => {
        const last = lastDayToAnswer(calendar, received)
        expect(calendar.weekend).not.toContain(weekdayOf(last))
        expect(calendar.publicHolidays).not.toContain(last)
      }),
    )
  })

  test('it is no earlier than a month after the receipt, and no working day lies between', () => {
    fc.assert(
      fc.property(cases, ({ calendar, received }) => {
        const month = addMonths(received, 1)
        const last = lastDayToAnswer(calendar, received)
        expect(last >= month).toBe(true)
        const between = Array.from(
          { length: (Date.parse(last) - Date.parse(month)) / 86_400_000 },
          (_, days) => localDate(new Date(Date.parse(month) + days * 86_400_000).toISOString().slice(0, 10)),
        )
        const working = between.filter(
          day => !calendar.weekend.includes(weekdayOf(day)) && !calendar.publicHolidays.includes(day),
        )
        expect(working).toEqual([])
      }),
    )
  })
})

describe('a month later', () => {
  const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))

  test('is in the next month, on the same day or the last that there is', () => {
    fc.assert(
      fc.property(dates, date => {
        const later = addMonths(date, 1)
        const day = Number(date.slice(8))
        expect(monthOf(later)).toBe(monthOf(date) + 1)
        expect(Number(later.slice(8)) === day || (day > 28 && Number(later.slice(8)) >= 28)).toBe(true)
      }),
    )
  })

  test.each([
    ['0001-01-31', 1, '0001-02-28'],
    ['0050-01-15', 1, '0050-02-15'],
    ['0099-12-15', 1, '0100-01-15'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2026-11-23', 0, '2026-11-23'],
    ['2026-11-23', 25, '2028-12-23'],
    ['9999-11-30', 1, '9999-12-30'],
  ])('%s and %i months: %s', (date, months, later) => {
    expect(addMonths(localDate(date), months)).toBe(later)
  })
})

describe('due', () => {
  test('is at the last second of the last day', () => {
    const due = dueAt(saturdayAndSunday, instant('2026-11-23T09:00:00Z'))
    expect(due).toBe('2026-12-23T23:59:59.000Z')
  })

  test.each([
    ['2026-11-23T00:00:00.000Z', '2026-12-23T23:59:59.000Z'],
    ['2026-11-23T23:59:59.999Z', '2026-12-23T23:59:59.000Z'],
    ['2026-11-24T00:30:00+01:00', '2026-12-23T23:59:59.000Z'],
    ['2026-11-22T23:30:00-01:00', '2026-12-23T23:59:59.000Z'],
  ])('is counted from the date in UTC: %s', (received, due) => {
    expect(dueAt(saturdayAndSunday, instant(received))).toBe(due)
  })
})

describe('expiry', () => {
  const submitted = instant('2026-11-23T09:00:00Z')
  const due = instant('2026-12-23T23:59:59Z')

  test.each([
    [null, null],
    [0, due],
    [-1, due],
    [30, due],
    [31, instant('2026-12-24T09:00:00Z')],
    [60, instant('2027-01-22T09:00:00Z')],
    [Number.NaN, due],
    [Number.POSITIVE_INFINITY, instant('9999-12-31T23:59:59.999Z')],
  ])('after %j days is %j', (days, expires) => {
    expect(expiryOf(submitted, due, days)).toBe(expires)
  })

  test('never falls before the request is due, nor before the days that were asked for', () => {
    fc.assert(
      fc.property(
        cases,
        fc.nat({ max: 400 }),
        fc.nat({ max: 400 }),
        ({ calendar, received }, waited, days) => {
          const receivedAt = instant(`${received}T09:00:00Z`)
          const submittedAt = secondsAfter(receivedAt, waited * 86_400)
          const dueThen = dueAt(calendar, receivedAt)
          const expires = expiryOf(submittedAt, dueThen, days)
          expect(expires !== null && expires >= dueThen).toBe(true)
          expect(expires !== null && expires >= secondsAfter(submittedAt, days * 86_400)).toBe(true)
          expect(dateOf(dueThen)).toBe(lastDayToAnswer(calendar, received))
        },
      ),
    )
  })
})
